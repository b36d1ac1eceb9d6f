import { type ReactNode, useMemo } from 'react'
import { type Block, type Inline, parseMarkdown } from './parse-markdown.ts'
import './documentation.css'

/** The words of a step, drawn. Nothing in them is taken as HTML. */
export function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text])
  return <div className="markdown">{drawBlocks(blocks)}</div>
}

// Documentation does not change while it shows, so that places are keys enough.
const drawBlocks = (blocks: readonly Block[]): ReactNode =>
  blocks.map((block, index) => drawBlock(block, String(index)))

function drawBlock(block: Block, key: string): ReactNode {
  switch (block.kind) {
    case 'paragraph':
      return <p key={key}>{drawInline(block.text)}</p>
    case 'heading':
      return <h4 key={key}>{drawInline(block.text)}</h4>
    case 'code':
      return <pre key={key}>{block.text}</pre>
    case 'list': {
      const items = block.items.map((item, index) => <li key={String(index)}>{drawItem(item)}</li>)
      return block.ordered ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>
    }
    case 'table':
      return (
        <table key={key}>
          <thead>
            <tr>
              {block.head.map((cell, index) => (
                <th key={String(index)}>{drawInline(cell)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {block.rows.map((row, line) => (
              <tr key={String(line)}>
                {row.map((cell, index) => (
                  <td key={String(index)}>{drawInline(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )
  }
}

/** The one paragraph of a short item stands in its line. */
function drawItem(item: readonly Block[]): ReactNode {
  const [first, ...rest] = item
  return first?.kind === 'paragraph' ? (
    <>
      {drawInline(first.text)}
      {drawBlocks(rest)}
    </>
  ) : (
    drawBlocks(item)
  )
}

function drawInline(parts: readonly Inline[]): ReactNode {
  return parts.map(({ kind, text }, index) => {
    const key = String(index)
    if (kind === 'code') return <code key={key}>{text}</code>
    if (kind === 'strong') return <strong key={key}>{text}</strong>
    if (kind === 'emphasis') return <em key={key}>{text}</em>
    return text
  })
}
