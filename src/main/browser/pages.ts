/** What people see who have no session: plain, without scripts, and with the way in. */
export function noticePage(title: string, text: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>LogiData Studio</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body{font:14px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1.5rem}h1{font-size:18px}</style>
</head><body><h1>${title}</h1><p>${text}</p></body></html>
`
}

export const LINK_USED = noticePage(
  'This link was used already',
  'Each link opens one browser. A new one was just printed where LogiData Studio was started: use that.',
)
export const NO_SESSION = noticePage(
  'Open the link that LogiData Studio printed',
  'This browser has no session. The link is in the terminal where LogiData Studio was started.',
)
export const NOT_BUILT = noticePage(
  'The window is not built',
  'Run <code>npm run build:renderer</code>, or start with <code>npm start</code>, which builds it.',
)
