import type { Settings } from '../../shared/rpc/app-contract.ts'

const systemDark = window.matchMedia('(prefers-color-scheme: dark)')

/** Sets the theme on the document, so that our tokens, Blueprint and portals all follow it. */
function paint(dark: boolean): void {
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.body.classList.toggle('bp6-dark', dark)
}

/** Applies a theme now and, for `system`, whenever the system changes its mind. Gives back what undoes it. */
export function applyTheme(theme: Settings['theme']): () => void {
  if (theme !== 'system') {
    paint(theme === 'dark')
    return () => {}
  }
  const follow = () => paint(systemDark.matches)
  follow()
  systemDark.addEventListener('change', follow)
  return () => systemDark.removeEventListener('change', follow)
}
