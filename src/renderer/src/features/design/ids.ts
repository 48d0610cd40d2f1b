// The data-testids of the editor: end-to-end tests find things by these, and by nothing that looks may change.
export const designIds = {
  view: 'design',
  newBlock: 'new-block',
  newNetwork: 'new-network',
  openSample: 'open-sample',
  tab: (name: string) => `design-tab-${name}`,
  newTab: 'design-new',
  name: 'design-name',
  suggestedName: 'design-name-suggested',
  /** The library of stored designs, and one of them. */
  stored: (name: string) => `design-stored-${name}`,
  paletteFilter: 'palette-filter',
  /** `layer:conv2d`, `block:resnet-basic`. */
  paletteItem: (key: string) => `palette-${key}`,
  outline: 'outline',
  outlineItem: (nodeId: string) => `outline-${nodeId}`,
  canvas: 'canvas',
  /** In its place where the design is too large for a picture. */
  undrawn: 'undrawn',
  /** On the canvas: the number of layers and blocks in words. */
  nodeCount: 'node-count',
  node: (nodeId: string) => `node-${nodeId}`,
  port: (nodeId: string) => `port-${nodeId}`,
  quickAdd: 'quick-add',
  undo: 'undo',
  redo: 'redo',
  tidy: 'tidy',
  fit: 'fit',
  suggest: 'suggest',
  save: 'save',
  saveState: 'save-state',
  menu: 'design-menu',
  inspector: 'inspector',
  /** `channels`, `kernel`; `label` is the node's own. */
  field: (name: string) => `field-${name}`,
  problems: 'problems',
  problem: (index: number) => `problem-${index}`,
  fix: (index: number) => `fix-${index}`,
  cost: 'cost',
  /** One figure: `parameters`, `macs`, `weights`, `activations`. */
  figure: (name: string) => `cost-${name}`,
  searchable: 'searchable',
  seedSearch: 'seed-search',
  restoreDraft: 'restore-draft',
} as const
