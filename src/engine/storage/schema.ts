// Column types of the workspace database as Kysely sees them; the tables themselves are made by migrations/.
// JSON columns hold text, times are ISO 8601 in UTC unless the name says milliseconds.
import type { Generated, Kysely, Transaction } from 'kysely'
import type { ExportFormat } from '@shared/exchange/formats'
import type { RunState } from '@shared/search/run-states'
import type { TrialState } from '@shared/search/trial'

interface EpochRow {
  trial_id: number
  epoch: number
  learning_rate: number
  train_loss: number
  train_accuracy: number
  validation_loss: number
  validation_accuracy: number
  seconds: number
  /** What it took of an epoch on all images at their whole size. */
  share: Generated<number>
}

export interface Schema {
  meta: { key: string; value: string }
  lease: { id: number; token: string; holder: string; heartbeat_ms: number }
  migrations: { number: number; name: string; applied_at: string }
  runs: {
    id: string
    number: number
    name: string
    /** Frozen RunDefinition. */
    definition: string
    /** Documents of the user's blocks as they were when the run was created. */
    user_blocks: string
    /** Genotypes of the designed networks that seed the first generation. */
    seeds: string
    state: RunState
    created_at: string
    started_at: string | null
    finished_at: string | null
    seconds: number
    planned: number
    error: string | null
    /** Names the images of the train split the run has begun with. */
    data_fingerprint: string | null
    /** RunEnd; null where it has not finished, or before that was stored. */
    end: string | null
    /** What it keeps of the runs it starts from, FormerRun[]; null where there are none. */
    former: string | null
  }
  trials: {
    id: Generated<number>
    run_id: string
    number: number
    generation: number
    state: TrialState
    attempt: number
    genotype: string
    document: string
    architecture_hash: string
    /** Hash of everything that decides the result: architecture, data, recipe, seed. */
    evaluation_key: string
    origin: string
    parameters: number | null
    macs: number | null
    fitness: number | null
    best_epoch: number | null
    weights_sha256: string | null
    reused_from: number | null
    error: string | null
    started_at: string | null
    finished_at: string | null
    seconds: number | null
    /** Title of the device it was last trained on. */
    device: string | null
    /** TrialUsage; null where nothing was measured. */
    usage: string | null
    /** What else was measured, by name; null before there was anything. */
    costs: string | null
    /** What only the report of a finished run shows of its winner. */
    reported: number | null
    /** Among what waits: the lower, the sooner; null comes after all that have one, by number. */
    queue_place: number | null
    /** TrialFidelity; null for a whole training from a random start. */
    fidelity: string | null
  }
  epochs: EpochRow
  /** Of trainings that a trial has left for one on more or larger images; `leg` counts its trainings from 0. */
  left_epochs: EpochRow & { leg: number }
  run_changes: {
    id: Generated<number>
    run_id: string
    at: string
    /** The first that the change holds for. */
    generation: number
    /** What held before it, as JSON (shared/search/changes.ts). */
    before: string
  }
  journal: {
    id: Generated<number>
    run_id: string
    at: string
    level: 'info' | 'warning' | 'error'
    message: string
    trial_id: number | null
  }
  artefacts: { sha256: string; kind: string; size_bytes: number; created_at: string }
  artefact_references: { sha256: string; owner: string }
  exports: {
    id: Generated<number>
    /** One of the two. */
    trial_id: number | null
    import_id: number | null
    format: ExportFormat
    folder: string
    files: string
    proof: string | null
    created_at: string
  }
  imports: {
    id: Generated<number>
    name: string
    document: string
    /** ImportFacts. */
    facts: string
    weights_sha256: string | null
    created_at: string
  }
  designs: {
    id: string
    kind: 'block' | 'network'
    name: string
    version: number
    updated_at: string
    removed_at: string | null
    parameters: number | null
    macs: number | null
    errors: number
    searchable: number
  }
  design_versions: { design_id: string; version: number; document: string; created_at: string }
  drafts: { key: string; document: string; saved_at: string }
}

/** Reads; a repository function given one never writes. */
export type Reader = Kysely<Schema>
/** One open transaction of the lease holder. */
export type Writer = Transaction<Schema>
