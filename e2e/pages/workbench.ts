// The window as a user works it: views, a small search, results. Specs say what happens, this file how it is clicked.
import { expect, type Page } from '@playwright/test'
import { testIds } from '../../src/renderer/src/lib/ids'
import { en, type ViewName } from '../../src/renderer/src/locales/en'
import type { StrategyDefinition } from '../../src/shared/strategies/registry'

/** As in the application, which shows them in this order. */
export type View = ViewName
export const VIEWS = Object.keys(en.views) as readonly View[]

export interface SmallSearch {
  readonly name: string
  readonly strategy: StrategyDefinition['name']
  readonly trials: number
  readonly images: number
  readonly epochs: number
  readonly maxMacs: number
}

export class Workbench {
  constructor(readonly page: Page) {}

  async open(view: View): Promise<void> {
    await this.page.getByTestId(testIds.rail(view)).click()
    await expect(this.page.getByTestId(testIds.view(view))).toBeVisible()
  }

  private async fill(path: string, value: string | number): Promise<void> {
    await this.page.getByTestId(testIds.setting(path)).fill(String(value))
  }

  private async choose(path: string, label: string): Promise<void> {
    await this.page.getByTestId(testIds.setting(path)).click()
    await this.page.getByRole('option', { name: label, exact: true }).click()
  }

  /** Fills the expert form and starts; one generation of `trials` architectures. */
  async startSearch(search: SmallSearch): Promise<void> {
    const { page } = this
    await this.open('search')
    await page.getByTestId(testIds.definitionTab).click()
    await page.getByTestId(testIds.detailSwitch).getByText('Expert').click()
    await this.fill('name', search.name)
    await this.choose('strategy.name', en.definition.choices[search.strategy])
    await this.fill('populationSize', search.trials)
    await this.fill('generations', 1)
    await this.fill('space.maxMacs', search.maxMacs)
    await this.fill('space.maxBlocks', 11)
    await this.fill('data.trainImages', search.images)
    await this.fill('data.validationImages', 100)
    await this.fill('recipe.epochs', search.epochs)
    await this.fill('recipe.batchSize', 50)
    await page.getByTestId(testIds.startRun).click()
    await expect(page.getByTestId(testIds.runState)).toHaveText(/Running/, { timeout: 30_000 })
  }

  /** State as the header of the live run shows it. */
  async expectRunState(state: RegExp, timeout: number): Promise<void> {
    await expect(this.page.getByTestId(testIds.runState)).toHaveText(state, { timeout })
  }

  /** Resolves once some trial is in training. */
  async waitForTraining(): Promise<void> {
    await expect(this.page.getByTestId(testIds.activity).filter({ hasText: /epoch/i }).first()).toBeVisible({
      timeout: 120_000,
    })
  }
}
