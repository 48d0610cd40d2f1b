// Matrices in double precision and their product, for models so small that calling a library costs more than their arithmetic
// (the proposer's relational GPT, the in-context learner). The same bits on every machine: one order of summation, no threads.

/** Row by row. */
export interface Matrix {
  readonly rows: number
  readonly cols: number
  readonly data: Float64Array
}

/** How an element is found: `data[row * rowStep + col * colStep]`; a transposed matrix swaps the two. */
export interface Layout {
  readonly data: Float64Array
  readonly rowStep: number
  readonly colStep: number
}

export const plain = ({ data, cols }: Matrix): Layout => ({ data, rowStep: cols, colStep: 1 })
export const transposed = ({ data, cols }: Matrix): Layout => ({ data, rowStep: 1, colStep: cols })

/** Rows and columns of the result that are summed at once, so that what is read stays in registers. */
const TILE = 4

/**
 * Adds the product of `a` (rows x inner) and `b` (inner x cols) to `into` (rows x cols, row by row). Sums run over `inner` in
 * order whatever the sizes, so a row's result does not depend on the rows beside it.
 */
export function addProduct(into: Float64Array, a: Layout, b: Layout, rows: number, inner: number, cols: number): void {
  const tiledRows = rows - (rows % TILE)
  const tiledCols = cols - (cols % TILE)
  for (let row = 0; row < tiledRows; row += TILE) {
    for (let col = 0; col < tiledCols; col += TILE) addTile(into, a, b, row, col, inner, cols)
    if (tiledCols < cols) addSingly(into, a, b, row, row + TILE, inner, tiledCols, cols)
  }
  if (tiledRows < rows) addSingly(into, a, b, tiledRows, rows, inner, 0, cols)
}

function addTile(
  into: Float64Array,
  a: Layout,
  b: Layout,
  row: number,
  col: number,
  inner: number,
  cols: number,
): void {
  const { data: x, rowStep: xRow, colStep: xCol } = a
  const { data: y, rowStep: yRow, colStep: yCol } = b
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0 // prettier-ignore
  let s10 = 0, s11 = 0, s12 = 0, s13 = 0 // prettier-ignore
  let s20 = 0, s21 = 0, s22 = 0, s23 = 0 // prettier-ignore
  let s30 = 0, s31 = 0, s32 = 0, s33 = 0 // prettier-ignore
  let at = row * xRow
  let bt = col * yCol
  for (let k = 0; k < inner; k++, at += xCol, bt += yRow) {
    const x0 = x[at]!
    const x1 = x[at + xRow]!
    const x2 = x[at + 2 * xRow]!
    const x3 = x[at + 3 * xRow]!
    const y0 = y[bt]!
    const y1 = y[bt + yCol]!
    const y2 = y[bt + 2 * yCol]!
    const y3 = y[bt + 3 * yCol]!
    s00 += x0 * y0
    s01 += x0 * y1
    s02 += x0 * y2
    s03 += x0 * y3
    s10 += x1 * y0
    s11 += x1 * y1
    s12 += x1 * y2
    s13 += x1 * y3
    s20 += x2 * y0
    s21 += x2 * y1
    s22 += x2 * y2
    s23 += x2 * y3
    s30 += x3 * y0
    s31 += x3 * y1
    s32 += x3 * y2
    s33 += x3 * y3
  }
  let out = row * cols + col
  into[out]! += s00
  into[out + 1]! += s01
  into[out + 2]! += s02
  into[out + 3]! += s03
  out += cols
  into[out]! += s10
  into[out + 1]! += s11
  into[out + 2]! += s12
  into[out + 3]! += s13
  out += cols
  into[out]! += s20
  into[out + 1]! += s21
  into[out + 2]! += s22
  into[out + 3]! += s23
  out += cols
  into[out]! += s30
  into[out + 1]! += s31
  into[out + 2]! += s32
  into[out + 3]! += s33
}

function addSingly(
  into: Float64Array,
  a: Layout,
  b: Layout,
  fromRow: number,
  toRow: number,
  inner: number,
  fromCol: number,
  cols: number,
): void {
  const { data: x, rowStep: xRow, colStep: xCol } = a
  const { data: y, rowStep: yRow, colStep: yCol } = b
  for (let row = fromRow; row < toRow; row++)
    for (let col = fromCol; col < cols; col++) {
      let sum = 0
      let at = row * xRow
      let bt = col * yCol
      for (let k = 0; k < inner; k++, at += xCol, bt += yRow) sum += x[at]! * y[bt]!
      into[row * cols + col]! += sum
    }
}
