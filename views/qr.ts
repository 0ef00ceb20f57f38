import { encode } from 'uqr'
import { escapeHtml } from './html.ts'

/**
 * A QR code as SVG: one path, black on white in every colour scheme (scanners need it), with the quiet zone of four
 * modules that ISO/IEC 18004 asks for. `label` is what a screen reader says.
 */
export function qrSvg(text: string, label: string): string {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('')
  const name = escapeHtml(label)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" role="img" aria-label="${name}" ` +
    `class="qr" shape-rendering="crispEdges"><title>${name}</title>` +
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${path}"/></svg>`
  )
}
