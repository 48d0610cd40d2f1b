// Tests of the packaged application; `npm test -- package` builds it and names its folder in GPTNAS_PACKAGE.
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  workers: 1,
  timeout: 120_000,
  outputDir: '../../test-results/package',
})
