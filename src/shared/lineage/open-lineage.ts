import type { Datasets } from './datasets.ts'
import { type EndSource, type EndToEnd, endToEnd } from './end-to-end.ts'
import type { LineageKind } from './kinds.ts'
import type { PipelineLineage } from './project.ts'

// OpenLineage 2-0-2 with the facets SchemaDatasetFacet 1-1-1 and ColumnLineageDatasetFacet 1-2-0.

export const PRODUCER = 'https://github.com/logidata/logidata-studio'
const SPEC = 'https://openlineage.io/spec'
export const JOB_EVENT_SCHEMA = `${SPEC}/2-0-2/OpenLineage.json#/$defs/JobEvent`
export const RUN_EVENT_SCHEMA = `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`

/** A facet says who made it, and where its form is written down. */
export const facet = <T extends object>(schema: string, content: T) => ({
  _producer: PRODUCER,
  _schemaURL: `${SPEC}/facets/${schema}`,
  ...content,
})

export interface OpenLineageDataset {
  readonly namespace: string
  readonly name: string
  readonly facets: Record<string, object>
  readonly outputFacets?: Record<string, object>
}

const TRANSFORMATIONS: Readonly<Record<LineageKind, { type: 'DIRECT' | 'INDIRECT'; subtype: string }>> = {
  identity: { type: 'DIRECT', subtype: 'IDENTITY' },
  transformation: { type: 'DIRECT', subtype: 'TRANSFORMATION' },
  aggregation: { type: 'DIRECT', subtype: 'AGGREGATION' },
  filter: { type: 'INDIRECT', subtype: 'FILTER' },
  join: { type: 'INDIRECT', subtype: 'JOIN' },
  group: { type: 'INDIRECT', subtype: 'GROUP_BY' },
  sort: { type: 'INDIRECT', subtype: 'SORT' },
  window: { type: 'INDIRECT', subtype: 'WINDOW' },
  // The standard has no word for it: that it may be so is said in the description.
  unknown: { type: 'DIRECT', subtype: 'TRANSFORMATION' },
}

/** The data sets of a pipeline as OpenLineage names them, with their columns and where these come from. */
export function openLineageDatasets(
  lineage: NonNullable<PipelineLineage['lineage']>,
  datasets: Datasets,
  namespace: string,
): { inputs: OpenLineageDataset[]; outputs: (OpenLineageDataset & { nodeId: string })[]; ends: EndToEnd } {
  const ends = endToEnd(lineage, datasets)
  const schema = (columns: readonly { name: string; type: string }[]) =>
    facet('1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet', {
      fields: columns.map(({ name, type }) => ({ name, type })),
    })
  const field = (source: EndSource) => ({
    namespace,
    name: source.dataset,
    field: source.column,
    transformations: source.kinds.map((kind) => ({
      ...TRANSFORMATIONS[kind],
      description: kind === 'unknown' ? 'may depend on it: known by table only' : '',
      masking: false,
    })),
  })
  return {
    ends,
    inputs: ends.inputs.map(({ dataset, columns }) => ({
      namespace,
      name: dataset,
      facets: { schema: schema(columns) },
    })),
    outputs: ends.outputs.map(({ dataset, nodeId, columns, from, rows }) => ({
      namespace,
      name: dataset,
      nodeId,
      facets: {
        schema: schema(columns),
        columnLineage: facet('1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet', {
          fields: Object.fromEntries(
            Object.entries(from).map(([name, sources]) => [name, { inputFields: sources.map(field) }]),
          ),
          dataset: rows.map(field),
        }),
      },
    })),
  }
}

/** A `JobEvent` per pipeline: what it reads and writes, by design and not by a run. */
export function openLineageJobs(
  pipelines: readonly PipelineLineage[],
  datasets: Datasets,
  namespace: string,
  eventTime: string,
): object[] {
  return pipelines.flatMap(({ path, lineage }) => {
    if (!lineage) return []
    const { inputs, outputs } = openLineageDatasets(lineage, datasets, namespace)
    return [
      {
        eventTime,
        producer: PRODUCER,
        schemaURL: JOB_EVENT_SCHEMA,
        job: { namespace, name: path, facets: { jobType: jobType } },
        inputs,
        outputs: outputs.map(({ nodeId: _nodeId, ...dataset }) => dataset),
      },
    ]
  })
}

export const jobType = facet('2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet', {
  processingType: 'BATCH',
  integration: 'LOGIDATA',
  jobType: 'PIPELINE',
})
