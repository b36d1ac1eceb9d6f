/** SQL put together from pieces, of which some are a node's own. */
export interface TextPiece {
  readonly text: string
  readonly nodeId?: string | undefined
}

export interface Span {
  readonly nodeId: string
  readonly start: number
  readonly end: number
}

export const piece = (text: string, nodeId?: string): TextPiece => ({ text, nodeId })

/** The whole text, and which parts of it are whose. */
export function joinPieces(pieces: readonly TextPiece[]): { readonly text: string; readonly spans: readonly Span[] } {
  const spans: Span[] = []
  let length = 0
  for (const { text, nodeId } of pieces) {
    if (nodeId !== undefined) spans.push({ nodeId, start: length, end: length + text.length })
    length += text.length
  }
  return { text: pieces.map(({ text }) => text).join(''), spans }
}

/** `a, b, c` */
export const separated = (items: readonly (readonly TextPiece[])[], separator: string): TextPiece[] =>
  items.flatMap((item, index) => (index === 0 ? item : [piece(separator), ...item]))
