import { readFile } from 'node:fs/promises'

/** The fonts of a sheet, each as its package has it. */
const files = {
  regular: '@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf',
  bold: '@expo-google-fonts/source-sans-3/700Bold/SourceSans3_700Bold.ttf',
  wide: '@expo-google-fonts/biz-udpgothic/400Regular/BIZUDPGothic_400Regular.ttf',
  boldWide: '@expo-google-fonts/biz-udpgothic/700Bold/BIZUDPGothic_700Bold.ttf',
  mono: '@expo-google-fonts/b612-mono/700Bold/B612Mono_700Bold.ttf',
}

let installed: boolean | undefined

/** Whether everything is there that a sheet is drawn with. A third of an installation, which a host may do without. */
export function drawsSheets(): boolean {
  installed ??= ['pdfkit', 'fontkit', ...Object.values(files)].every(isInstalled)
  return installed
}

function isInstalled(name: string): boolean {
  try {
    return import.meta.resolve(name) !== ''
  } catch {
    return false
  }
}

let loading: ReturnType<typeof load> | undefined

// pdfkit takes 90 ms and 25 MB: only a process that makes a sheet pays for it.
export const loaded = () => {
  loading ??= load()
  return loading
}

// Parsing is most of the work, and the parsed fonts serve every sheet after the first.
async function load() {
  const [{ default: PDFDocument }, regular, bold, wide, boldWide, mono] = await Promise.all([
    import('pdfkit'),
    readFont(files.regular),
    readFont(files.bold),
    readFont(files.wide),
    readFont(files.boldWide),
    readFont(files.mono),
  ])
  return { PDFDocument, fonts: { regular, bold, wide, boldWide, mono } }
}

/** A parsed font; pdfkit takes one as it is, though its types know only of bytes. */
async function readFont(path: string): Promise<Buffer> {
  // @ts-expect-error fontkit has no types
  const { create } = await import('fontkit')
  return create(await readFile(new URL(import.meta.resolve(path))))
}
