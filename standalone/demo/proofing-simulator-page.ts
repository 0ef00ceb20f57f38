/** How a simulated check can end. */
export const choices = ['right', 'other', 'fail', 'old', 'leave'] as const

type Choice = (typeof choices)[number]

const texts: {
  [locale in 'en' | 'ja']: { title: string; lead: string; wait: string } & { [C in Choice]: string }
} = {
  en: {
    title: 'Identity check (simulated)',
    lead: 'A real provider would look at a document and a face now. Here you choose how the check of {email} ends.',
    wait: 'To let it time out, just leave this page open, or close it: nothing is sent back.',
    right: 'Approve as the right person',
    other: 'Approve as someone else',
    fail: 'Fail the check',
    old: 'Approve with evidence from yesterday',
    leave: 'Turn back',
  },
  ja: {
    title: '本人確認（シミュレーター）',
    lead: '実際のサービスでは、ここで身分証と顔を確認します。ここでは {email} の確認の結果を選びます。',
    wait: '時間切れを試すには、このページを開いたままにするか閉じてください。何も送り返されません。',
    right: '本人として承認する',
    other: '別人として承認する',
    fail: '確認に失敗する',
    old: '昨日の証拠で承認する',
    leave: '中断して戻る',
  },
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`)

/** The simulator's only page. */
export function simulatorPage(uid: string, email: string, locales: string): string {
  const locale = locales.startsWith('ja') ? 'ja' : 'en'
  const t = texts[locale]
  const buttons = choices.map(
    (choice) => `<p><button name="choice" value="${choice}">${t[choice]}</button></p>`,
  )
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${t.title}</title><style>
:root { color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif }
body { max-width: 34rem; margin: 3rem auto; padding: 0 1.25rem; border-top: .4rem dashed #8a5a00 }
button { font: inherit; width: 100%; text-align: left; padding: .7rem 1rem; border-radius: .5rem; border: 1px solid #8888; background: #8881; color: inherit; cursor: pointer }
</style></head><body><main><h1>${t.title}</h1>
<p>${t.lead.replace('{email}', `<strong>${escaped(email)}</strong>`)}</p>
<form method="post" action="/visit/${encodeURIComponent(uid)}">${buttons.join('')}</form>
<p>${t.wait}</p></main></body></html>`
}
