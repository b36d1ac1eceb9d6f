import { operationalError } from '../../shared/errors.ts'
import type { MailServer } from '../../shared/schedules/document.ts'
import type { Message } from './message.ts'

const TIMEOUT_MS = 20_000
const PORTS = { none: 25, starttls: 587, tls: 465 } as const

/**
 * Sends a message through the project's mail server.
 * @param password what the server's `password` names, already looked up
 * @throws LogiDataError `mail.failed`
 */
export async function sendEmail(
  server: MailServer,
  password: string | undefined,
  to: readonly string[],
  message: Message,
): Promise<void> {
  // Loaded when the first e-mail leaves.
  const { createTransport } = await import('nodemailer')
  const security = server.security ?? 'starttls'
  const transport = createTransport({
    host: server.host,
    port: server.port ?? PORTS[security],
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(server.user === undefined ? {} : { auth: { user: server.user, pass: password ?? '' } }),
  })
  try {
    await transport.sendMail({
      from: server.from,
      to: [...to],
      subject: message.subject,
      text: message.text,
      // The same message sent again after a doubtful end is one message to whoever reads it.
      messageId: `<${message.id}@logidata>`,
      date: new Date(message.at),
    })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw operationalError('mail.failed', `The mail server ${server.host} did not take a message: ${why}`, {
      hint: 'Check host, port, security, user and password under “mail” in schedules.yaml.',
      cause,
    })
  } finally {
    transport.close()
  }
}
