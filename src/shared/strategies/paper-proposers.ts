// Checkpoints of preset `paper` that come with the product, the newest first. None is ever replaced: a run keeps the one it began with
// (docs/decisions/192-the-papers-preset-has-a-second-checkpoint.md).
export const PAPER_PROPOSERS = ['paper-2', 'paper-1'] as const
export type PaperProposer = (typeof PAPER_PROPOSERS)[number]
