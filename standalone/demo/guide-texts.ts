export type GuideLocale = 'en' | 'ja'

/** What is put into a text: `**name of a button**`, `` `to copy` ``, `[words](address)`. */
export interface GuideTexts {
  title: string
  lead: string
  try: string
  /** In the order in which a newcomer walks them. */
  steps: { name: Trial; title: string; text: string }[]
  people: string
  peopleLead: string
  others: string
  person: { [fact in 'role' | 'email' | 'password' | 'codes' | 'phone' | 'backup' | 'none' | 'try']: string }
  again: string
  role: {
    member: (organization: string) => string
    super_admin: (organization: string) => string
    supportAgent: string
    operator: string
    deactivated: string
    none: string
  }
  clock: string
  clockLead: string
  ahead: (hours: string) => string
  forward: { [seconds: string]: string }
  inbox: string
  inboxLead: string
  empty: string
  look: string
  all: string
  to: string
  places: string
  place: { [place in DemoPlace]: string }
  metrics: string
}

export type Trial = 'sign_in' | 'reset' | 'stop' | 'backup' | 'photo' | 'support'

export type DemoPlace =
  | 'app'
  | 'security'
  | 'administration'
  | 'support'
  | 'operator'
  | 'authenticator'
  | 'inbox'
  | 'people'
  | 'discovery'

export const guideTexts: { [locale in GuideLocale]: GuideTexts } = {
  en: {
    title: 'Try Rekey in three minutes',
    lead: 'Everything here runs on this machine, with people who are made up, and no message leaves it. Links open in a new tab, so that this page stays at hand.',
    try: 'What to try',
    steps: [
      {
        name: 'sign_in',
        title: 'Sign in',
        text: 'Open the [demo app](app), choose **Sign in**, and be Mina: `mina@hanami.example`, `plum-lantern-river-41`. Her code stands [below](#mina).',
      },
      {
        name: 'reset',
        title: 'Lose the phone, and get back in',
        text: 'Sign out and in again. Where the code is asked for, choose **Reset authentication device**, then **Send request**. The inbox has a code for Mina and a link for Aiko, a super admin. Open the link in a private window, sign in as [Aiko](#aiko), enter Mina’s code and a reason, and choose **Approve**. Mina’s window continues automatically.',
      },
      {
        name: 'stop',
        title: 'Or stop it',
        text: "Send a request again, as if a stranger had Mina’s password. In one of her emails, open the link for “this wasn’t me” and choose **This wasn't me**. The request is over, and Mina is told.",
      },
      {
        name: 'backup',
        title: 'Use a backup code',
        text: 'Where the code is asked for, choose **Use a backup code**, and take one of [Ben’s](#ben). It works once.',
      },
      {
        name: 'photo',
        title: 'Show a photo ID',
        text: 'Sol is the only super admin of his organization: nobody can be asked. As [Sol](#sol), choose **Reset authentication device**, **Send request**, then **Verify with photo ID**. On the simulator you choose how the check ends.',
      },
      {
        name: 'support',
        title: 'Ask support, and wait two days in a second',
        text: 'As [Noor](#noor), send a request, open **Nobody answers? Ask support**, say what happened, and choose **Ask support**. Move the [clock](#clock) 48 hours forward. In a private window, decide as [Sam](#sam) at the [support desk](support). Then Noor signs in with her password and sets up a new device.',
      },
    ],
    people: 'Who is who',
    peopleLead:
      'One click selects a value to copy. A code counts once: if the first was used already, take the next one.',
    others: 'More people',
    person: {
      role: 'Role',
      email: 'Email',
      password: 'Password',
      codes: 'Code now, and next',
      phone: 'Phone',
      backup: 'Backup codes',
      none: 'No authenticator app',
      try: 'To try',
    },
    again: 'Show the current codes',
    role: {
      member: (organization) => `member of ${organization}`,
      super_admin: (organization) => `super admin of ${organization}`,
      supportAgent: 'support agent',
      operator: 'operator',
      deactivated: 'deactivated',
      none: 'no organization',
    },
    clock: 'The clock',
    clockLead:
      'Moves time forward for Rekey, so that holds, reminders and expiries can be seen. It never goes back.',
    ahead: (hours) => `${hours} hours ahead`,
    forward: {
      '30': '30 seconds',
      '600': '10 minutes',
      '3600': '1 hour',
      '86400': '1 day',
      '172800': '48 hours',
      '604800': '7 days',
    },
    inbox: 'Inbox',
    inboxLead: 'Mails, text messages and calls, the newest first.',
    empty: 'Nothing was sent yet.',
    look: 'Look again',
    all: 'All messages',
    to: 'to',
    places: 'Places',
    place: {
      app: 'Demo app',
      security: 'Security: one’s own account (everybody)',
      administration: 'Administration: members and requests (Aiko, Ben, Sol)',
      support: 'Support desk (Sam)',
      operator: 'Operator (Olga)',
      authenticator: 'Authenticator, a web app for phones',
      inbox: 'Inbox with the emails as people see them',
      people: 'The people, for scripts',
      discovery: 'OpenID Connect discovery',
    },
    metrics: 'Metrics: npx rekey serve has them, at /metrics of the port that REKEY_HEALTH_PORT names.',
  },
  ja: {
    title: '3分でRekeyを試す',
    lead: 'すべてこのコンピューターだけで動きます。登場する人物は架空で、メッセージが外に送られることはありません。リンクは新しいタブで開くので、このページは開いたままにできます。',
    try: '試してみること',
    steps: [
      {
        name: 'sign_in',
        title: 'サインインする',
        text: '[デモアプリ](app)を開いて**サインイン**を選び、Minaとしてサインインします：`mina@hanami.example`、`plum-lantern-river-41`。コードは[下](#mina)にあります。',
      },
      {
        name: 'reset',
        title: '電話をなくして、もう一度サインインする',
        text: 'いったんサインアウトして、もう一度サインインします。コードの入力画面で**認証デバイスをリセットする**を選び、**申請を送信する**を押します。受信トレイに、Mina宛てのコードと、スーパー管理者のAiko宛てのリンクが届きます。リンクをプライベートウィンドウで開き、[Aiko](#aiko)としてサインインし、Minaのコードと理由を入力して**承認**を押します。Minaの画面は自動で次に進みます。',
      },
      {
        name: 'stop',
        title: 'または、止める',
        text: '他人がMinaのパスワードを知ったつもりで、もう一度申請を送信します。Mina宛てのメールにある「心当たりがない」場合のリンクを開き、**心当たりがない（操作を止める）**を押します。申請は終了し、Minaに知らせが届きます。',
      },
      {
        name: 'backup',
        title: 'バックアップコードを使う',
        text: 'コードの入力画面で**バックアップコードを使う**を選び、[Ben](#ben)のコードを1つ入力します。使えるのは1回だけです。',
      },
      {
        name: 'photo',
        title: '写真付き身分証を見せる',
        text: 'Solは組織でただ一人のスーパー管理者なので、頼める人がいません。[Sol](#sol)としてサインインし、**認証デバイスをリセットする**、**申請を送信する**、**写真付き身分証で確認する**の順に選びます。確認の結果はシミュレーターで選べます。',
      },
      {
        name: 'support',
        title: 'サポートに頼み、2日間を一瞬で待つ',
        text: '[Noor](#noor)として申請を送信し、**返事がない場合：サポートに依頼する**を開いて事情を書き、**サポートに依頼する**を押します。[時計](#clock)を48時間進めます。プライベートウィンドウで[Sam](#sam)として[サポート窓口](support)で判断します。その後、Noorはパスワードでサインインし、新しい端末を設定します。',
      },
    ],
    people: '登場人物',
    peopleLead:
      '値はクリックするだけで選択でき、コピーできます。コードは1回しか使えません。最初のコードを使った後は、次のコードを使ってください。',
    others: 'その他の人物',
    person: {
      role: '役割',
      email: 'メールアドレス',
      password: 'パスワード',
      codes: '現在と次のコード',
      phone: '電話番号',
      backup: 'バックアップコード',
      none: '認証アプリなし',
      try: '試すこと',
    },
    again: '現在のコードを表示',
    role: {
      member: (organization) => `${organization} のメンバー`,
      super_admin: (organization) => `${organization} のスーパー管理者`,
      supportAgent: 'サポート担当者',
      operator: 'オペレーター',
      deactivated: '無効化済み',
      none: '組織なし',
    },
    clock: '時計',
    clockLead: 'Rekeyの時間を進めて、待機期間、再通知、有効期限を確かめます。戻すことはできません。',
    ahead: (hours) => `${hours}時間先`,
    forward: {
      '30': '30秒',
      '600': '10分',
      '3600': '1時間',
      '86400': '1日',
      '172800': '48時間',
      '604800': '7日',
    },
    inbox: '受信トレイ',
    inboxLead: 'メール、テキストメッセージ、電話。新しい順に並んでいます。',
    empty: 'まだ何も送られていません。',
    look: '更新する',
    all: 'すべてのメッセージ',
    to: '宛先',
    places: 'ページ一覧',
    place: {
      app: 'デモアプリ',
      security: 'セキュリティ：自分のアカウント（全員）',
      administration: '管理：メンバーと申請（Aiko、Ben、Sol）',
      support: 'サポート窓口（Sam）',
      operator: 'オペレーター（Olga）',
      authenticator: '認証アプリ（スマートフォン用のウェブアプリ）',
      inbox: '実際の見た目でメールを表示する受信トレイ',
      people: '登場人物（スクリプト用）',
      discovery: 'OpenID Connectのディスカバリー',
    },
    metrics:
      'メトリクス：npx rekey serve で起動すると、REKEY_HEALTH_PORT で指定したポートの /metrics で見られます。',
  },
}

/** What to try as somebody, in Japanese; the English words are in people.ts. */
export const japaneseHints: { [id: string]: string } = {
  mina: '認証アプリとバックアップコードを持つメンバー。電話をなくしてみてください',
  aiko: 'スーパー管理者。Minaが申請するとメールが届き、承認します',
  ben: 'もう一人のスーパー管理者',
  noor: '2つの組織のメンバー。長く所属しているほうが判断します',
  sol: 'Nordlysでただ一人のスーパー管理者。ほかに承認できる人がいません',
  nils: '2要素認証が未設定。設定の手順が案内されます',
  dora: '無効化されたアカウント',
  sam: 'オペレーターのサポート担当者',
  olga: 'オペレーター。/operator でシステム全体を管理します',
  lena: 'スーパー管理者が30人いる組織のメンバー',
  rui: '古くから方法が1つだけ。サインインの最後に確認の画面が出ます',
}

export const japaneseAdminHint = '30人のスーパー管理者の一人。先頭の25人に依頼が届きます'
