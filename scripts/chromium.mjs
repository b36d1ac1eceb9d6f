import { existsSync } from 'node:fs'

const known = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The browser for end-to-end tests, screenshots and benchmarks: CHROMIUM_PATH, or the first one that is installed. */
export function chromiumPath() {
  return process.env.CHROMIUM_PATH ?? known.find((path) => existsSync(path)) ?? known[0]
}
