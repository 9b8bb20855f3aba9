import assert from 'node:assert/strict'
import test from 'node:test'
import { type Strength, strength } from '../src/lib/strength.ts'

test('how good a password is', () => {
  const rows: [string, Strength][] = [
    ['', 'weak'], ['aaaaaaaaaaaaaaaa', 'weak'], ['1234567890', 'weak'], ['qwertyuiop', 'weak'], ['x7Kp2m', 'weak'],
    ['correct ho', 'fair'], ['correct horse 1', 'fair'], ['x7Kp2mQ9vLr4', 'good'], ['my aunt has a red bicycle', 'strong'], ['關係是一切的開始', 'strong'],
  ]
  for (const [password, how] of rows) assert.equal(strength(password), how, password)
})
