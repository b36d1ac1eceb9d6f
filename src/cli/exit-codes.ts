/** What programs that call `logidata` may rely on. */
export const EXIT = {
  success: 0,
  /** The pipeline is invalid, or its run failed. */
  failed: 1,
  /** Unknown option, missing file, no such node. */
  usage: 2,
  /** Ctrl-C, as shells report it. */
  cancelled: 130,
} as const
