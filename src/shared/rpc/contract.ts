import type { z } from 'zod'

/** `read` changes nothing; `write` changes files or settings; `run` executes a pipeline's loads. */
export type Access = 'read' | 'write' | 'run'

export interface CallMethod<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly kind: 'call'
  readonly access: Access
  readonly input: Input
  readonly output: Output
}

export interface StreamMethod<Input extends z.ZodType = z.ZodType, Item extends z.ZodType = z.ZodType> {
  readonly kind: 'stream'
  readonly access: Access
  readonly input: Input
  readonly item: Item
}

export type Contract = Readonly<Record<string, CallMethod | StreamMethod>>

export const call = <I extends z.ZodType, O extends z.ZodType>(
  access: Access,
  input: I,
  output: O,
): CallMethod<I, O> => ({
  kind: 'call',
  access,
  input,
  output,
})

export const stream = <I extends z.ZodType, T extends z.ZodType>(
  access: Access,
  input: I,
  item: T,
): StreamMethod<I, T> => ({
  kind: 'stream',
  access,
  input,
  item,
})

export type InputOf<M> = M extends { input: infer I extends z.ZodType } ? z.input<I> : never
export type ParsedInputOf<M> = M extends { input: infer I extends z.ZodType } ? z.output<I> : never
export type OutputOf<M> = M extends CallMethod<z.ZodType, infer O> ? z.output<O> : never
export type ItemOf<M> = M extends StreamMethod<z.ZodType, infer T> ? z.output<T> : never

export type CallNames<C extends Contract> = { [N in keyof C]: C[N] extends CallMethod ? N : never }[keyof C] & string
export type StreamNames<C extends Contract> = { [N in keyof C]: C[N] extends StreamMethod ? N : never }[keyof C] &
  string

/** Aborted by a cancel frame, or when the connection ends. */
export interface HandlerContext {
  readonly signal: AbortSignal
}

export type Handlers<C extends Contract> = {
  readonly [N in keyof C]: C[N] extends CallMethod
    ? (input: ParsedInputOf<C[N]>, context: HandlerContext) => Promise<OutputOf<C[N]>>
    : (input: ParsedInputOf<C[N]>, context: HandlerContext) => AsyncIterable<ItemOf<C[N]>>
}

export interface RpcClient<C extends Contract> {
  /** @throws LogiDataError with the kind and code of the host's answer; `cancelled` when the signal aborts. */
  call<N extends CallNames<C>>(
    name: N,
    input: InputOf<C[N]>,
    options?: { signal?: AbortSignal },
  ): Promise<OutputOf<C[N]>>
  /** Ends when the host ends it; leaving the loop cancels it. */
  stream<N extends StreamNames<C>>(
    name: N,
    input: InputOf<C[N]>,
    options?: { signal?: AbortSignal },
  ): AsyncIterable<ItemOf<C[N]>>
  close(): void
}
