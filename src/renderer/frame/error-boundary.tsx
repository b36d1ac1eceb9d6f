import { Button } from '@blueprintjs/core'
import { Component, type ReactNode } from 'react'
import { t } from '../i18n/index.ts'

interface Props {
  readonly children: ReactNode
}

/** A fault of ours in one part leaves the rest of the window standing, and the work saved. */
export class ErrorBoundary extends Component<Props, { readonly message: string | undefined }> {
  override state: { readonly message: string | undefined } = { message: undefined }

  static getDerivedStateFromError(thrown: unknown) {
    return { message: thrown instanceof Error ? thrown.message : String(thrown) }
  }

  override render() {
    if (this.state.message === undefined) return this.props.children
    return (
      <div className="middle-empty" role="alert">
        <h2>{t('fault.title')}</h2>
        <p>{this.state.message}</p>
        <Button text={t('fault.retry')} onClick={() => this.setState({ message: undefined })} />
      </div>
    )
  }
}
