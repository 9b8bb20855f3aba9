/*
 * clipboard.ts - a block of cells as spreadsheets put it on the clipboard: tabs between cells,
 * lines between rows, quotes round cells with either in them.
 */
export function readBlock(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  const end = () => {
    rows.at(-1)?.push(cell)
    cell = ''
  }
  const clean = text.replace(/\r\n?/g, '\n').replace(/\n$/, '')
  for (let i = 0; i < clean.length; i++) {
    const c = clean[i] as string
    if (quoted) {
      if (c !== '"') cell += c
      else if (clean[i + 1] === '"') cell += clean[i++]
      else quoted = false
    } else if (c === '"' && cell === '') quoted = true
    else if (c === '\t') end()
    else if (c === '\n') {
      end()
      rows.push([])
    } else cell += c
  }
  end()
  return rows
}
