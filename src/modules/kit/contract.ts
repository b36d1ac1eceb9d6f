import type { z } from 'zod'
import type { ResolvedConnection } from '../../shared/connections/connection.ts'
import type { Cell, Column, LoadForecast } from '../../shared/engine/types.ts'
import type { LogiDataError } from '../../shared/errors.ts'
import type { ModuleDescriptor } from '../../shared/modules/descriptor.ts'
import type { JsonValue, ParameterType } from '../../shared/pipeline/document.ts'
import type { PlainKey, Pushable, Pushed } from './pushdown.ts'
import type { CellValue, ProjectFiles, QuerySession } from './session.ts'
import type { Sql } from './sql.ts'

export type { CellValue, InputFile, ParquetWriter, ProjectFiles, QuerySession } from './session.ts'

export interface ParameterValue {
  readonly type: ParameterType
  /** Text that was checked against the type. */
  readonly value: string
}

/** A relation that a module reads: `name` stands after FROM. */
export interface InputRelation {
  readonly name: Sql
  readonly columns: readonly Column[]
  /** What people call the node it comes from. Of a transform, only where it has `namesSources`. */
  readonly source?: string
  /** Reading it a second time costs less than keeping it: a file in columns, or what quick steps leave of one. */
  readonly columnar?: boolean
  /** Of what is columnar: names, in lower case, of columns that are slow to compute a second time. */
  readonly costly?: ReadonlySet<string>
  /** Of what is columnar: some of the file's rows are left out, by conditions that are tested each time. */
  readonly filtered?: boolean
}

export interface CompileRequest<Config, Facts = undefined> {
  readonly nodeId: string
  readonly config: Config
  /** By actual port name, in the order of the file. Unconnected optional ports are absent. */
  readonly inputs: ReadonlyMap<string, InputRelation>
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly facts: Facts
  /** A preview, in which some rows stand for all of them: what is only true of a whole table must not be checked. */
  readonly sampled?: boolean
}

/** One SELECT per output port. Must not depend on anything but the request. */
export type CompiledPorts = Readonly<Record<string, Sql>>

export interface PrepareRequest<Config> {
  readonly nodeId: string
  readonly config: Config
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly files: ProjectFiles
  readonly session: QuerySession
  readonly signal: AbortSignal
  /** The first rows are enough, for a preview or while somebody types: facts that hold no more must be told by `partial`. */
  readonly sampled?: boolean
}

export interface ExplainRequest<Config, Facts> extends PrepareRequest<Config> {
  readonly facts: Facts
  /** What DuckDB said is the message of its `cause`. */
  readonly error: LogiDataError
}

/** Something that runs as it is, but that a person should decide. */
export interface ModuleWarning {
  /** Stable and dotted, for programs. */
  readonly code: string
  readonly message: string
  /** What to set. */
  readonly hint: string
  readonly field?: readonly (string | number)[]
}

/** What a form can take from the data. */
export interface Suggestion {
  /** A SELECT over the inputs, one row per entry, in the order in which they should stand. */
  readonly query: Sql
  /** More entries than that are too many for a form. */
  readonly limit: number
  /** The keys of the config that change, from the rows as exact text. */
  readonly change: (rows: readonly (readonly Cell[])[]) => Readonly<Record<string, unknown>>
}

/** Nearly every transform, and files that DuckDB reads. */
export interface RelationModule<Descriptor extends ModuleDescriptor = ModuleDescriptor, Facts = unknown> {
  readonly kind: 'relation'
  readonly descriptor: Descriptor
  /** Paths or globs that it reads; what is cached of the node is void once one of these files changes. */
  readonly sources?: (config: z.output<Descriptor['config']>) => readonly string[]
  /**
   * Finds out what compiling needs to know of the outside: which files, their dialect and types; stages what DuckDB
   * cannot read as it is. Called again only when config or `sources` change. The result must survive JSON.
   */
  readonly prepare?: (request: PrepareRequest<z.output<Descriptor['config']>>) => Promise<Facts>
  readonly compile: (request: CompileRequest<z.output<Descriptor['config']>, Facts>) => CompiledPorts
  /** The config with everything that `prepare` would detect spelt out, for people to see and change. */
  readonly detect?: (request: PrepareRequest<z.output<Descriptor['config']>>) => Promise<Record<string, unknown>>
  /**
   * Fields at the top of the config that can be filled from the data of the inputs, by name; each has a `fromData` in its form. The
   * config may be incomplete still. @throws LogiDataError what is missing
   */
  readonly suggest?: Readonly<
    Record<string, (request: CompileRequest<z.output<Descriptor['config']>, Facts>) => Suggestion>
  >
  /**
   * Turns what DuckDB said while a query with this node in it ran into an error that names file, line, column and value. Called
   * after the failure, since finding the line may mean reading the file again. `undefined`: the error is not this node's.
   */
  readonly explain?: (
    request: ExplainRequest<z.output<Descriptor['config']>, Facts>,
  ) => Promise<LogiDataError | undefined>
  /** What the facts leave open, in plain words; one of a kind at most. They show with the node's problems and stop nothing. */
  readonly warnings?: (facts: Facts, config: z.output<Descriptor['config']>) => readonly ModuleWarning[]
  /** What can be told from the columns of the inputs alone: types that were widened. @throws LogiDataError as `compile` does */
  readonly columnWarnings?: (request: CompileRequest<z.output<Descriptor['config']>, Facts>) => readonly ModuleWarning[]
  /** Uses `source` of its inputs, so that renaming a node before this one changes it. */
  readonly namesSources?: boolean
  /**
   * The default output has as many rows as the input `in`. Where such a module, or one that splits its rows, compiles to
   * `SELECT … FROM input` or `SELECT … FROM input WHERE …`, the engine makes one SELECT of it and its neighbours; write it so
   * if you can. Any other SQL stands in the query as it is.
   */
  readonly keepsRows?: boolean
  /** Each row of the input `in` goes to exactly one of the outputs. */
  readonly splitsRows?: boolean
  /** The default output is `SELECT * FROM in WHERE` this expression: a source may then be asked for no other rows. @throws LogiDataError */
  readonly keepsWhere?: (config: z.output<Descriptor['config']>, parameters: ReadonlyMap<string, ParameterValue>) => Sql
  /** The default output is the rows of `in` in this order. @returns undefined where it is another than that of columns as they are */
  readonly sortsBy?: (config: z.output<Descriptor['config']>) => readonly PlainKey[] | undefined
  /** The default output has none but the first rows of `in`: as they come, or in an order. @returns undefined for a config that takes others */
  readonly takesFirst?: (
    config: z.output<Descriptor['config']>,
  ) => { readonly rows: number; readonly by?: readonly PlainKey[] } | undefined
  /** Needs all of its input before its first row (aggregate, sort, join, a window): previews run it over samples. */
  readonly blocking?: boolean | ((config: z.output<Descriptor['config']>) => boolean)
  /**
   * Gives other values each time it is computed, so that it is computed once where several read it. What a person writes in the
   * config (`random()`) is noticed without this.
   */
  readonly volatile?: (config: z.output<Descriptor['config']>) => boolean
  /**
   * Takes rows by where they stand in an input that need not be sorted, so that two computations of it may take other rows: computed
   * once where several loads read it. Not needed where it is `blocking`.
   */
  readonly byPlace?: boolean
  /** It compiles to nothing but reading files in columns (Parquet), of which a second reading takes what it needs of them. */
  readonly columnar?: boolean
  /** Asks for the time. What a person writes in the config (`current_date`) is noticed without this. */
  readonly usesClock?: (config: z.output<Descriptor['config']>) => boolean
  /**
   * Columns of the input `in` whose names are nowhere in the config are either passed on as they are, in their place, or dropped:
   * whatever their names, types and number are, they change no error and no other column.
   */
  readonly blindToUnnamed?: boolean
  /** Whether facts are those of the first rows only, which `sampled` allowed. */
  readonly partial?: (facts: Facts) => boolean
  /** How large a source is, from its facts; decides between exact and sampled previews. */
  readonly size?: (facts: Facts) => { readonly bytes: number; readonly rows?: number }
}

/** What a source that is asked over a connection says of its rows before they are read. */
export interface Discovered {
  /**
   * In the order of the rows. Types that Parquet would change (HUGEINT, INTERVAL, TIMETZ, ENUM, arrays of a fixed size) are refused:
   * give DECIMAL(38,0), VARCHAR and the like, and document it.
   */
  readonly columns: readonly Column[]
  /** Of the second output, for rows whose values do not fit, of modules that have one. */
  readonly rejected?: readonly Column[] | undefined
  /** What `read` needs to know besides; survives JSON; holds no secret. */
  readonly facts?: JsonValue | undefined
  /** As the source estimates them. */
  readonly rows?: number | undefined
}

export interface SourceRequest<Config> {
  readonly nodeId: string
  readonly config: Config
  /** Those that the config names (`$since`): to be bound, never to be put into a text. */
  readonly parameters: ReadonlyMap<string, ParameterValue>
  /** Absent where the config names none. */
  readonly connection?: ResolvedConnection
  readonly files: ProjectFiles
  /** Lends a DuckDB connection until `work` ends, for sources that are files once they are fetched. Not to be held while a sink copies. */
  readonly withSession: <T>(work: (session: QuerySession) => Promise<T>) => Promise<T>
  readonly signal: AbortSignal
}

/** Takes the rows of a source into Parquet. Whole rows in the order of `Discovered.columns`. */
export interface RowSink {
  /** Rows from code, in batches of up to a few thousand. Applies back pressure: wait for it. */
  write(rows: readonly (readonly CellValue[])[]): Promise<void>
  /** As `write`, for the second output. */
  reject(rows: readonly (readonly CellValue[])[]): Promise<void>
  /**
   * The rows of a SELECT, by position: `SELECT … FROM read_csv('FIFO', columns = {…})` is the fastest way for what comes as text. Runs on a
   * connection of its own; several may run at once.
   * @param port absent: the default one @returns rows
   */
  copy(select: Sql, port?: 'reject'): Promise<bigint>
  /**
   * A Parquet file that the source writes itself, with columns `c0`, `c1`, … of the types that it said. Several may be written at once.
   * @param write writes it whole, and gives how many rows are in it; the file is not there before
   */
  parquet(write: (path: string) => Promise<bigint>): Promise<bigint>
  /** A path of the staging folder for a named pipe or a temporary file; gone with the sink. */
  temporary(ending: string): string
}

export interface ReadRequest<Config> extends SourceRequest<Config> {
  readonly discovered: Discovered
  /** Of a preview: so many rows are enough, and the source should be asked for no more. */
  readonly limit?: number
  /** To be left to the source, of modules with `pushable`. It may give more rows than that, never fewer; where the next run goes on is the same. */
  readonly pushed?: Pushed
  /** What the last run whose rows were loaded gave back, of incremental extracts. */
  readonly state?: JsonValue
  readonly sink: RowSink
  /** How far it is, 0 to 1, where it can be told. */
  readonly progress?: (fraction: number) => void
}

export interface ReadResult {
  /** Where the next incremental run goes on. Counts only once the rows are loaded. */
  readonly state?: JsonValue
}

/** A source that is not on this machine: its rows are staged, as a sample for previews and whole in a run. */
export interface ExtractModule<Descriptor extends ModuleDescriptor = ModuleDescriptor> {
  readonly kind: 'extract'
  readonly descriptor: Descriptor
  /** The name of the connection that it asks. */
  readonly connection: (config: z.output<Descriptor['config']>) => string | undefined
  /** What it reads, as lineage and messages name it: `postgres://warehouse/public.orders`. */
  readonly source: (config: z.output<Descriptor['config']>) => string
  /** Columns of the default output. Asks the source, briefly. @throws LogiDataError */
  readonly discover: (request: SourceRequest<z.output<Descriptor['config']>>) => Promise<Discovered>
  /** All rows, or the first `limit`, in one consistent state of the source where it can give one. @throws LogiDataError */
  readonly read: (request: ReadRequest<z.output<Descriptor['config']>>) => Promise<ReadResult>
  /** What the source can do of the steps after it. A module that has this obeys `pushed`. */
  readonly pushable?: (config: z.output<Descriptor['config']>, discovered: Discovered) => Pushable
  /** The config reads only what is new since the last run. */
  readonly incremental?: (config: z.output<Descriptor['config']>) => boolean
}

/** How it can be told later, from what is on disk, whether a target was changed. */
export type CommitProof =
  /** A finished file or folder is given the name of its target. Both paths are absolute, in one folder. */
  | { readonly kind: 'rename'; readonly temporary: string; readonly target: string }
  /** The transaction that changes the target stores the key in it, where the module's `committed` finds it. */
  | { readonly kind: 'key' }

/** Makes a change provable that must not be made twice: the process may be killed right after it, before it could tell anybody. */
export interface LoadCommit {
  /** Of this load in this run, whichever process tries it. */
  readonly key: string
  /** Says it durably. To be called when all is written and synced, before the target changes. `publishFile` and `publishFolder` do. */
  intend(proof: CommitProof, result: LoadResult): Promise<void>
  /** The change was not made, and will not be. To be called before the temporary file is removed. */
  withdraw(): Promise<void>
}

export interface LoadRequest<Config> {
  readonly nodeId: string
  readonly config: Config
  readonly parameters: ReadonlyMap<string, ParameterValue>
  /** `name` is a complete, parenthesised query or a table: `SELECT … FROM ${input.name}`. The first of `inputs`. */
  readonly input: InputRelation
  /** By actual port name, in the order of the file. Most loads have one, `in`. */
  readonly inputs: ReadonlyMap<string, InputRelation>
  readonly files: ProjectFiles
  readonly session: QuerySession
  readonly signal: AbortSignal
  /** Absent where making the change again leads to the same. */
  readonly commit?: LoadCommit | undefined
  /** Of loads that name one. */
  readonly connection?: ResolvedConnection | undefined
}

export interface LoadModule<Descriptor extends ModuleDescriptor = ModuleDescriptor> {
  readonly kind: 'load'
  readonly descriptor: Descriptor
  /**
   * What a run would change, without touching it. Two loads of one target are an error. Of loads over a connection the path is a name such
   * as `postgres://warehouse/public.orders`.
   */
  readonly target: (config: z.output<Descriptor['config']>) => { readonly path: string; readonly mode: string }
  /** The name of the connection that it writes to; loads of files have none. */
  readonly connection?: (config: z.output<Descriptor['config']>) => string | undefined
  /** What `write` would do, without doing it: nothing that others can see changes. @throws LogiDataError */
  readonly forecast?: (request: LoadRequest<z.output<Descriptor['config']>>) => Promise<LoadForecast>
  /**
   * Problems that can be told from the columns alone (a partition column that does not exist): those of the first input, and of each by
   * its actual port name. @throws LogiDataError
   */
  readonly check?: (
    config: z.output<Descriptor['config']>,
    columns: readonly Column[],
    inputs: ReadonlyMap<string, readonly Column[]>,
  ) => void
  /**
   * Writes all of the input or nothing: after a failure or a crash at any point the target holds the old data or the new.
   * @throws LogiDataError
   */
  readonly write: (request: LoadRequest<z.output<Descriptor['config']>>) => Promise<LoadResult>
  /** Of loads whose proof is a key: whether the target holds it. */
  readonly committed?: (request: CommittedRequest<z.output<Descriptor['config']>>) => Promise<boolean>
}

export interface CommittedRequest<Config> {
  readonly config: Config
  readonly connection?: ResolvedConnection | undefined
  readonly files: ProjectFiles
  readonly key: string
}

export interface LoadResult {
  /** Of all inputs together. */
  readonly rows: bigint
  /** By input port, of a load that has several. */
  readonly rowsByInput?: ReadonlyMap<string, bigint>
  /** Relative to the project. */
  readonly written: readonly string[]
}

export interface ColumnsRequest<Config> {
  readonly config: Config
  /** Columns by actual input port. */
  readonly inputs: ReadonlyMap<string, readonly Column[]>
  readonly parameters: ReadonlyMap<string, ParameterValue>
}

export interface ProcessRequest<Config> extends ColumnsRequest<Config> {
  readonly nodeId: string
  /** Of steps that name one. */
  readonly connection?: ResolvedConnection | undefined
  readonly files: ProjectFiles
  /** The rows are the first ones, for a preview. */
  readonly sampled?: boolean | undefined
  /** Nothing outside is to be asked. */
  readonly offline?: boolean | undefined
  /** All rows of an input, in batches, as exact text; memory stays bounded. One input at a time. */
  readonly rows: (port: string) => AsyncIterable<readonly (readonly Cell[])[]>
  /** Where the clock stands still (ISO 8601, UTC); absent where it goes. */
  readonly now?: string
  /** Adds rows to an output, in the order and types of its columns. Batches of a few thousand serve best. */
  readonly write: (port: string, rows: readonly (readonly CellValue[])[]) => Promise<void>
  readonly signal: AbortSignal
}

/** Table in, table out, in code. Its result is staged: previews work on the first rows of the inputs, a run on all of them. */
export interface ProcessModule<Descriptor extends ModuleDescriptor = ModuleDescriptor> {
  readonly kind: 'process'
  readonly descriptor: Descriptor
  /** The name of the connection that it asks. What it gives counts for one run only. */
  readonly connection?: (config: z.output<Descriptor['config']>) => string | undefined
  /** A preview hands it so many rows at most, where the usual 10,000 would cost too much. */
  readonly previewRows?: number
  /** Columns per output port, told without running anything. @throws LogiDataError what is wrong with the config */
  readonly columns: (
    request: ColumnsRequest<z.output<Descriptor['config']>>,
  ) => Readonly<Record<string, readonly Column[]>>
  /** @throws LogiDataError */
  readonly process: (request: ProcessRequest<z.output<Descriptor['config']>>) => Promise<void>
}

// biome-ignore lint/suspicious/noExplicitAny: a catalogue holds modules of every config type; each parses its own.
type Any = any
export type Module =
  | RelationModule<ModuleDescriptor<Any>, Any>
  | ExtractModule<ModuleDescriptor<Any>>
  | ProcessModule<ModuleDescriptor<Any>>
  | LoadModule<ModuleDescriptor<Any>>
