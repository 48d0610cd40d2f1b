// GoogLeNet with batch-norm (Szegedy et al. 2015) as torchvision 0.11 builds it, without the auxiliary classifiers.
import { stage, type ZooRecipe, type ZooStage } from './recipe'

/** Channels of 1x1, before 3x3, 3x3, before the second 3x3, second 3x3, pooling branch; one row per module. */
const STAGE_3 = [
  [64, 96, 128, 16, 32, 32],
  [128, 128, 192, 32, 96, 64],
] as const
const STAGE_4 = [
  [192, 96, 208, 16, 48, 64],
  [160, 112, 224, 24, 64, 64],
  [128, 128, 256, 24, 64, 64],
  [112, 144, 288, 32, 64, 64],
  [256, 160, 320, 32, 128, 128],
] as const
const STAGE_5 = [
  [256, 160, 320, 32, 128, 128],
  [384, 192, 384, 48, 128, 128],
] as const

type Row = readonly [number, number, number, number, number, number]

const inception = ([branch1, reduce3, branch3, reduce5, branch5, branchPool]: Row): ZooStage =>
  stage('googlenet-inception', {
    width: branch1 + branch3 + branch5 + branchPool,
    branch1,
    reduce3,
    branch3,
    reduce5,
    branch5,
    branchPool,
  })

const conv = (width: number, kernel: number, stride: number): ZooStage =>
  stage('efficientnet-conv-norm-activation', { width, kernel, stride, activation: 'relu' })
const pool = (kernel: number): ZooStage => stage('common-max-pool', { kernel, stride: 2, edges: 'hanging' })

export const googlenet: ZooRecipe = {
  name: 'googlenet',
  family: 'GoogLeNet',
  stages: [
    conv(64, 7, 2),
    pool(3),
    conv(64, 1, 1),
    conv(192, 3, 1),
    pool(3),
    ...STAGE_3.map(inception),
    pool(3),
    ...STAGE_4.map(inception),
    pool(2),
    ...STAGE_5.map(inception),
  ],
  dropout: 0.2,
}
