// End-to-end tests on the real app as built into out/. One worker: every Electron brings computes that want the cores.
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: './specs',
  workers: 1,
  fullyParallel: false,
  timeout: 300_000,
  expect: { timeout: 15_000 },
  retries: 0,
  reporter: [['list']],
  outputDir: '../test-results/e2e',
})
