// Least and largest value of each node of a network on calibration images, by its id.
export type Ranges = ReadonlyMap<string, readonly [number, number]>
