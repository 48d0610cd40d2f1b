// Every edit of a document: pure functions from a document to a diff, never a changed document.
export { addNode } from './add'
export type { NewNode, Place } from './add'
export { copySelection, duplicate, parseClipboard, paste } from './clipboard'
export type { Clipboard } from './clipboard'
export { connect, connectionProblem, disconnect } from './connect'
export { isOutdated, isSameDesign, selfContained, standaloneBlock } from './embed'
export { groupIntoBlock, innerNodeIds } from './group'
export { removeAndHeal, removeNodes } from './remove'
export {
  blockNameFrom,
  describeBlock,
  isBlockName,
  moveNodes,
  renameDocument,
  renameNode,
  setBlockParameters,
  setClasses,
  setInputShape,
  setParameter,
  setParameters,
} from './set'
export { ungroup } from './ungroup'
