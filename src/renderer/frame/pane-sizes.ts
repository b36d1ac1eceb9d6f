/** Sizes of panes in pixels, so that a wider window gives its room to the canvas. */
export const NORMAL = { left: 208, inspector: 312, data: 304 }
const SMALLEST = { left: 168, inspector: 264 }

/** What the canvas and the data need to be of use, in pixels; the rail and the separators are not theirs. */
const MIDDLE = 560
const BESIDE = 56

/** Remembered on a wide screen, the panes at the sides would leave a narrow one too little between them. */
export function sizesFor<T extends typeof NORMAL>(remembered: T, windowWidth: number): T {
  const room = windowWidth - BESIDE - MIDDLE
  const { left, inspector } = remembered
  if (left + inspector <= room) return remembered
  const share = Math.max(0, room) / (left + inspector)
  return {
    ...remembered,
    left: Math.max(SMALLEST.left, Math.min(left, Math.round(left * share))),
    inspector: Math.max(SMALLEST.inspector, Math.min(inspector, Math.round(inspector * share))),
  }
}
