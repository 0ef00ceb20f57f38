import { launchChromium } from './test/views/chromium.ts'
import { writeFileSync } from 'node:fs'
const [out, width, ...files] = process.argv.slice(2)
const html = `<body style="margin:0;background:#888;display:flex;gap:8px;align-items:flex-start">${files.map(f=>`<img src="${f}" style="width:${width}px">`).join('')}`
writeFileSync('gallery/_s.html', html)
const b = await launchChromium(); const p = await b.newPage({ viewport: { width: files.length*(Number(width)+8), height: 600 } })
await p.goto('file:///work/main/gallery/_s.html'); await p.screenshot({ path: out, fullPage: true }); await b.close()
