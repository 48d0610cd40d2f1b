// What the fake engine of window tests answers with, and what it is before a test changes it.
import type { AblationEvent, PaperEvent } from '@shared/contract/ablations'
import type { Activity, JournalEntry, RunUpdate } from '@shared/contract/searches'
import type { Dataset, DatasetProgress, Inspection, Recognised } from '@shared/contract/datasets'
import type { Design } from '@shared/contract/designs'
import type { Export, ExportProgress } from '@shared/contract/exports'
import type { ImportPreview, NetworkImport } from '@shared/contract/imports'
import type { Injection } from '@shared/search/injection'
import type { CorpusEvent, FineTuneEvent, NamedCheckpointInfo, ProposerInfo } from '@shared/contract/proposer'
import type { Backup } from '@shared/contract/backups'
import type { BenchmarkEvent, Devices } from '@shared/contract/devices'
import type { DoctorReport, Status } from '@shared/contract/runtime'
import type { InstallEvent, PackEvent, RuntimeCheckEvent, Runtimes } from '@shared/contract/runtimes'
import type { AppError } from '@shared/errors'
import type { Run } from '@shared/search/run'
import type { RunForecast } from '@shared/search/run-forecast'
import type { Trial } from '@shared/search/trial'
import type { UserSpaceDefinition } from '@shared/spaces/user/schema'
import type { Winner } from '@shared/search/winner'
import type { Verification } from '@shared/search/verification'
import { sampleDevices, sampleImport, sampleReport, sampleRuntimes, sampleStatus } from './samples'

/** What the fake answers with. Change it and call `push` to tell whoever watches. */
export interface FakeState {
  runs: Run[]
  trials: Trial[]
  activities: Activity[]
  journal: JournalEntry[]
  phase: RunUpdate['phase']
  preparing: RunUpdate['preparing']
  status: Status
  report: DoctorReport
  devices: Devices
  runtimes: Runtimes
  /** What an installation tells; it waits until it is cancelled where the last is no result. */
  installing: InstallEvent[]
  runtimeCheck: RuntimeCheckEvent[]
  packing: PackEvent[]
  backups: Backup[]
  /** Told one after the other, then it waits until it is broken off where the last is no result. */
  benchmark: BenchmarkEvent[]
  datasets: Dataset[]
  datasetProgress: DatasetProgress[]
  /** What every path is; null fails. */
  recognised: Recognised | null
  importProgress: DatasetProgress[]
  inspections: Inspection[]
  designs: Design[]
  exports: Export[]
  exportProgress: ExportProgress[]
  importPreview: ImportPreview
  /** What every file holds that is put into a run. */
  injection: Injection
  /** What was imported before. */
  imports: NetworkImport[]
  /** Of preset `paper`, and of the others too unless they have their own. */
  proposer: ProposerInfo | null
  /** Those that searches can ask. */
  proposers: NamedCheckpointInfo[]
  /** What a fine-tuning tells. */
  fineTuning: FineTuneEvent[]
  /** What a corpus being trained tells. */
  corpus: CorpusEvent[]
  smallProposers: ProposerInfo | null
  suggestions: { block: string; probability: number }[]
  check: { problems: string[]; plannedEvaluations: number; notes: string[] }
  forecast: RunForecast
  /** Contract paths that fail, e.g. `searches.create`; `exports.progress` fails an export that waits. */
  failures: Map<string, AppError>
  verification: Verification
  /** Whom all results of any run speak for. */
  winner: Winner | null
  /** What a comparison of strategies tells, one after the other. */
  ablation: AblationEvent[]
  /** What one of the paper's ablations tells. */
  paper: PaperEvent[]
  /** What every space file holds. */
  ownSpace: UserSpaceDefinition | null
  /** Keys of the commands that the person has allowed. */
  allowedCommands: string[]
  /** A PNG, base64, for every preview image. */
  png: string
}

export function emptyState(changes: Partial<FakeState> = {}): FakeState {
  return {
    runs: [],
    trials: [],
    activities: [],
    journal: [],
    phase: 'idle',
    preparing: null,
    status: sampleStatus(),
    report: sampleReport(),
    devices: sampleDevices(),
    runtimes: sampleRuntimes(),
    installing: [],
    runtimeCheck: [],
    packing: [],
    backups: [],
    benchmark: [],
    datasets: [],
    datasetProgress: [],
    recognised: null,
    importProgress: [],
    inspections: [],
    designs: [],
    exports: [],
    exportProgress: [],
    importPreview: sampleImport(),
    injection: { from: 'genotype', genotype: { space: 'toy' } },
    imports: [],
    proposer: null,
    proposers: [],
    fineTuning: [],
    corpus: [],
    smallProposers: null,
    suggestions: [],
    check: { problems: [], plannedEvaluations: 12, notes: [] },
    forecast: {
      evaluations: 12,
      time: { low: 600, high: 1200 },
      training: { least: 60, most: 120 },
      peakMemoryBytes: 2 ** 30,
      diskBytes: 4 * 2 ** 20,
      calibrated: 3,
      calibrationSeconds: 20,
    },
    failures: new Map(),
    winner: null,
    ablation: [],
    paper: [],
    verification: { matches: true, generations: 3, proposals: 12, evaluations: null, difference: null },
    ownSpace: null,
    allowedCommands: [],
    png: '',
    ...changes,
  }
}
