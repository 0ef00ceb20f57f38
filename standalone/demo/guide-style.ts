/** What the guide needs beside the product's own style. */
export const guideStyle = `
.page-guide main, .page-guide .brand-inner, .page-guide footer { max-width: 78rem }
.page-guide main { gap: 2rem }
.page-guide main > header, .page-guide section, .page-guide aside { display: grid; gap: 1rem; min-width: 0; align-content: start }
.page-guide .plan h3 { margin: 0; font-size: 1rem; line-height: 1.75rem }
.copy { user-select: all; -webkit-user-select: all; cursor: copy; padding: .1rem .35rem; border-radius: 5px; background: var(--sunken); border: 1px solid var(--line); overflow-wrap: anywhere }
.people { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)) }
.person, .caught { display: grid; gap: .5rem; align-content: start; min-width: 0; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: var(--radius); scroll-margin-top: 1rem }
.person:target { border-color: var(--brass); background: var(--brass-wash) }
.person h3, .caught h3 { margin: 0; font-size: 1rem }
.person dl { display: grid; gap: .35rem; margin: 0; font-size: .9375rem }
.person dt { color: var(--muted); font-size: .8125rem }
.person ul { display: flex; flex-wrap: wrap; gap: .4rem; padding: 0; list-style: none }
.caught pre { white-space: pre-wrap; overflow-wrap: anywhere; font-family: inherit; font-size: .9375rem }
.forward { display: flex; flex-wrap: wrap; gap: .5rem }
.tongues { display: flex; gap: 1rem }
@media (min-width: 64rem) {
  .beside { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 2.5rem; align-items: start }
  .beside > aside { position: sticky; top: 1rem; max-height: calc(100dvh - 2rem); overflow: auto; padding-right: .5rem }
}
@media (max-width: 63.99rem) { .beside { display: grid; gap: 2rem } }
`
