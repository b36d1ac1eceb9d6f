import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { t } from '../i18n/index.ts'
import { copyText } from './copy-cells.ts'

/** Copies a text, and says that it did. */
export function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1_500)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <button type="button" className="text-button" onClick={() => void copyText(text).then(setCopied)}>
      {copied ? <Check size={13} /> : <Copy size={13} />}
      {t(copied ? 'data.copied' : 'data.copySql')}
    </button>
  )
}
