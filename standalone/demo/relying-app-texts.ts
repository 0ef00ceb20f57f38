export type AppLocale = 'en' | 'ja'

export interface AppTexts {
  nobody: (issuer: string) => string
  signIn: string
  signInHint: string
  anyWay: string
  anyWayHint: string
  signOut: string
  signedInAs: string
  you: (name: string, email: string) => string
  how: string
  assurance: string
  ways: string
  at: string
  figures: string
  showFigures: string
  figuresHint: string
  took: string
  back: string
  more: string
  again: { mfa: string; passkey: string; any: string }
  token: string
  ended: string
  failed: string
  faults: { [error: string]: string }
  guide: string
  account: string
  acr: { [acr: string]: string }
  amr: { [amr: string]: string }
  unknown: string
}

const multiFactor = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor'

export const appTexts: { [locale in AppLocale]: AppTexts } = {
  en: {
    nobody: (issuer) => `An app that trusts ${issuer} and asks it who you are.`,
    signIn: 'Sign in',
    signInHint: 'Insists on a second factor.',
    anyWay: 'Sign in, any way',
    anyWayHint: 'Takes what there is.',
    signOut: 'Sign out',
    signedInAs: 'Signed in as',
    you: (name, email) => `You are ${name} (${email}).`,
    how: 'How you signed in',
    assurance: 'What it is worth',
    ways: 'What you showed',
    at: 'When',
    figures: 'Figures',
    showFigures: 'Show the figures',
    figuresHint: 'They come from an API that takes a second factor of the last five minutes.',
    took: 'The API took this sign-in:',
    back: 'Back',
    more: 'Sign in differently',
    again: {
      mfa: 'Sign in again with a second factor',
      passkey: 'Sign in again with a passkey',
      any: 'Sign in again, any way',
    },
    token: 'Your ID token',
    ended: 'The identity provider ended your session.',
    failed: 'The sign-in did not succeed:',
    faults: {
      the_api_failed: 'The API did not answer. Please try again.',
      still_not_enough: 'The API still asks for a stronger sign-in.',
    },
    guide: 'What to try next',
    account: 'Your sign-in methods',
    acr: {
      'urn:rekey:acr:recovered':
        'Your second factor was reset, and you have not set up a new one since: a password alone, trusted less than any other sign-in.',
      'urn:rekey:acr:password': 'One factor: good enough to look around.',
      [multiFactor]: 'Two factors.',
      phr: 'A passkey: nobody can phish it.',
      phrh: 'A passkey in hardware: nobody can phish or copy it.',
    },
    amr: {
      pwd: 'your password',
      otp: 'a one-time code (authenticator app or backup code)',
      sms: 'a code by text message',
      tel: 'a code by phone call',
      hwk: 'a key in hardware',
      swk: 'a key on your device',
      user: 'that it was you at the device',
      'urn:rekey:amr:trusted-device': 'a device that you trusted before',
    },
    unknown: 'Nothing that this app knows.',
  },
  ja: {
    nobody: (issuer) => `${issuer} を信頼し、利用者が誰かを問い合わせるアプリです。`,
    signIn: 'サインイン',
    signInHint: '2要素認証が必要です。',
    anyWay: '方法を問わずサインイン',
    anyWayHint: '設定済みの方法だけで受け入れます。',
    signOut: 'サインアウト',
    signedInAs: 'サインイン中：',
    you: (name, email) => `${name} さん（${email}）としてサインインしています。`,
    how: 'サインインの方法',
    assurance: '保証の強さ',
    ways: '確認したもの',
    at: '日時',
    figures: '数字',
    showFigures: '数字を表示',
    figuresHint: '過去5分以内の2要素認証を求めるAPIから取得します。',
    took: 'APIは次のサインインを受け入れました：',
    back: '戻る',
    more: '別の方法でサインイン',
    again: {
      mfa: '2要素認証でもう一度サインイン',
      passkey: 'パスキーでもう一度サインイン',
      any: '方法を問わずもう一度サインイン',
    },
    token: 'IDトークン',
    ended: 'サインイン元でセッションが終了しました。',
    failed: 'サインインできませんでした：',
    faults: {
      the_api_failed: 'APIから応答がありませんでした。もう一度お試しください。',
      still_not_enough: 'APIは、さらに強いサインインを求めています。',
    },
    guide: '次に試すこと',
    account: '自分のサインイン方法',
    acr: {
      'urn:rekey:acr:recovered':
        '2要素認証がリセットされ、新しい方法はまだ設定されていません。パスワードだけなので、ほかのどのサインインよりも弱く扱われます。',
      'urn:rekey:acr:password': '1つの要素だけです。閲覧には十分です。',
      [multiFactor]: '2要素認証です。',
      phr: 'パスキーです。フィッシングの心配がありません。',
      phrh: 'ハードウェアのパスキーです。フィッシングも複製もできません。',
    },
    amr: {
      pwd: 'パスワード',
      otp: 'ワンタイムコード（認証アプリまたはバックアップコード）',
      sms: 'テキストメッセージのコード',
      tel: '電話で聞いたコード',
      hwk: 'ハードウェアのキー',
      swk: '端末のキー',
      user: '端末での本人確認',
      'urn:rekey:amr:trusted-device': '以前に信頼した端末',
    },
    unknown: 'このアプリの知らない方法です。',
  },
}
