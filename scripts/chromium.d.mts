/** The browser for end-to-end tests, screenshots and benchmarks: CHROMIUM_PATH, or the first one that is installed. */
export function chromiumPath(): string
