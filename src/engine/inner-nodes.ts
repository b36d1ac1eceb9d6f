import type { ErrorInfo } from '../shared/errors.ts'

// A node inside a sub-pipeline exists in the engine only. Its id is the way to it: `clean/trim`. People see the outermost node.

/** No key of a node holds a slash, so an inner id is never somebody else's. */
export const innerId = (outer: string, inner: string): string => `${outer}/${inner}`

/** The node of the document that an id belongs to. */
export const outerOf = (id: string): string => id.split('/', 1)[0] ?? id

export const isInner = (id: string): boolean => id.includes('/')

/** An error as the document's own nodes can show it: one from inside is of the outer node, and says where in it. */
export function outward<Info extends ErrorInfo>(info: Info): Info {
  if (info.nodeId === undefined || !isInner(info.nodeId)) return info
  const { field: _field, range: _range, ...rest } = info
  const outer = outerOf(info.nodeId)
  return {
    ...rest,
    nodeId: outer,
    message: `In its step “${info.nodeId.slice(outer.length + 1)}”: ${info.message}`,
  } as Info
}
