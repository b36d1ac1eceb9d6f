import type { Datasets } from '../../shared/lineage/datasets.ts'
import {
  facet,
  jobType,
  type OpenLineageDataset,
  openLineageDatasets,
  PRODUCER,
  RUN_EVENT_SCHEMA,
} from '../../shared/lineage/open-lineage.ts'
import type { DocumentLineage } from '../../shared/lineage/types.ts'
import type { RunDetail } from '../../shared/runs/history.ts'
import { uuidOf } from './ids.ts'

export type OpenLineageEventType = 'START' | 'RUNNING' | 'COMPLETE' | 'FAIL' | 'ABORT'

export interface RunEventRequest {
  readonly eventType: OpenLineageEventType
  readonly eventTime: string
  readonly detail: RunDetail
  /** What data sets and jobs are called beyond the project. */
  readonly namespace: string
  readonly lineage?: { readonly lineage: DocumentLineage; readonly datasets: Datasets } | undefined
}

/** How a run that has ended is told; undefined while it has not. */
export function lastEventType({ run }: RunDetail): OpenLineageEventType | undefined {
  switch (run.state) {
    case 'succeeded':
      return 'COMPLETE'
    case 'failed':
      return 'FAIL'
    case 'cancelled':
    case 'interrupted':
      return 'ABORT'
    default:
      return undefined
  }
}

/** One `RunEvent` of OpenLineage 2-0-2. Each attempt is a run of its own there, since what has failed cannot go on. */
export function openLineageRunEvent({ eventType, eventTime, detail, namespace, lineage }: RunEventRequest): object {
  const { run } = detail
  const { inputs, outputs } = lineage
    ? openLineageDatasets(lineage.lineage, lineage.datasets, namespace)
    : { inputs: [], outputs: [] }
  const ended = eventType === 'COMPLETE' || eventType === 'FAIL' || eventType === 'ABORT'
  return {
    eventType,
    eventTime,
    producer: PRODUCER,
    schemaURL: RUN_EVENT_SCHEMA,
    run: { runId: uuidOf(`${namespace}/${run.runId}/${run.attempt}`), facets: runFacets(detail, eventType) },
    job: { namespace, name: run.path, facets: { jobType } },
    inputs,
    outputs: outputs.map(({ nodeId, ...dataset }) => (ended ? withStatistics(dataset, detail, nodeId) : dataset)),
  }
}

function runFacets({ run }: RunDetail, eventType: OpenLineageEventType): Record<string, object> {
  const engine = facet('1-1-1/ProcessingEngineRunFacet.json#/$defs/ProcessingEngineRunFacet', {
    version: '1.5',
    name: 'LogiData Studio (DuckDB)',
  })
  if (eventType !== 'FAIL' || !run.error) return { processing_engine: engine }
  const errorMessage = facet('1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet', {
    message: run.error.message,
    programmingLanguage: 'SQL',
  })
  return { processing_engine: engine, errorMessage }
}

/** How many rows a load wrote, where it has. */
function withStatistics(dataset: OpenLineageDataset, detail: RunDetail, nodeId: string): OpenLineageDataset {
  const node = detail.nodes.find((one) => one.nodeId === nodeId && one.attempt === detail.run.attempt)
  const rows = Number(node?.rows?.in)
  if (node?.state !== 'done' || !Number.isSafeInteger(rows)) return dataset
  const bytes = node.metrics?.bytesWritten
  const statistics = facet('1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet', {
    rowCount: rows,
    ...(bytes === undefined ? {} : { size: bytes }),
    ...(node.written ? { fileCount: node.written.length } : {}),
  })
  return { ...dataset, outputFacets: { outputStatistics: statistics } }
}
