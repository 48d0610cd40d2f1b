// Undo and redo of documents.
export { History } from './history'
export type { HistoryState, HistoryStep, RecordMode } from './history'
