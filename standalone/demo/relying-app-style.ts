/** How the demo app looks: like another company's product, so that nobody takes it for the provider. */
export const appStyle = `
:root { color-scheme: light dark; --ink: #1f1b3a; --paper: #f6f5fb; --card: #fff; --line: #d9d6ea; --muted: #5d5878; --accent: #5348bd; --on: #fff; font: 17px/1.55 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif }
@media (prefers-color-scheme: dark) { :root { --ink: #eceaf8; --paper: #14121f; --card: #1e1b2e; --line: #3a3555; --muted: #b3aecd; --accent: #b3abff; --on: #17132e } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere }
.bar { background: var(--card); border-bottom: 1px solid var(--line) }
.bar > div, main, footer { max-width: 52rem; margin: 0 auto; padding: .8rem 1.25rem }
.bar > div { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem }
.logo { font-weight: 750; margin-right: auto } .logo::before { content: ""; display: inline-block; width: .85rem; height: .85rem; margin-right: .5rem; border-radius: .25rem; background: var(--accent) }
.who { color: var(--muted); font-size: .95rem } .who strong { color: var(--ink) }
main { display: grid; gap: 1.25rem; padding-block: 2rem } main > * { min-width: 0; margin: 0 }
h1 { font-size: 1.7rem; line-height: 1.25 } h2 { font-size: 1.1rem; margin: 0 }
.card { display: grid; gap: .8rem; padding: 1.1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .8rem } .card > * { margin: 0; min-width: 0 }
.card dl { display: grid; gap: .6rem; margin: 0 } dt { color: var(--muted); font-size: .85rem } dd { margin: 0 }
a { color: var(--accent) }
.button, button { display: inline-block; font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.1rem; border-radius: .6rem; border: 1px solid var(--accent); background: var(--accent); color: var(--on); text-decoration: none; cursor: pointer }
.quiet { background: transparent; color: var(--accent) }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.hint { color: var(--muted); font-size: .95rem }
table { border-collapse: collapse; width: 100% } th { text-align: left; padding-right: 1rem; white-space: nowrap }
td, th { border-top: 1px solid var(--line); padding-block: .4rem; vertical-align: top }
pre { overflow: auto; background: var(--paper); padding: 1rem; border-radius: .5rem; font-size: .85rem }
.note { border-left: .3rem solid #c0392b; padding-left: 1rem }
footer { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; font-size: .95rem } footer .tongues { margin-left: auto } footer a { display: inline-block; padding-block: .2rem }
`
