// The data-testids of the first steps; those of everything else are in ids.ts.

export const firstStepsIds = {
  bar: 'first-steps',
  act: 'first-steps-do',
  next: 'first-steps-next',
  begin: 'first-steps-begin',
  close: 'first-steps-close',
}
