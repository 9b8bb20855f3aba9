import assert from 'node:assert/strict'
import { test } from 'node:test'
import { looksMarked, plainText, safeHref } from '../src/lib/markdown.ts'

test('markdown: links lead only to harmless addresses', () => {
  for (const [href, want] of [
    ['https://a.example/x?y=1&amp;z=2', 'https://a.example/x?y=1&z=2'],
    ['mailto:a@b.example', 'mailto:a@b.example'],
    ['tel:+886223456789', 'tel:+886223456789'],
    ['javascript:alert(1)', null],
    ['JaVaScRiPt:alert(1)', null],
    ['java\tscript:alert(1)', null],
    ['\u0001javascript:alert(1)', null],
    ['data:text/html,x', null],
    ['vbscript:x', null],
    ['file:///etc/passwd', null],
    ['blob:https://a.example/x', null],
    ['//evil.example', null],
    ['/api/v1/session', null],
    ['', null],
  ] as const)
    assert.equal(safeHref(href), want, href)
})

test('markdown: entities are the characters they stand for, once', () => {
  assert.equal(plainText('a &lt;b&gt; &amp;lt; &#39;'), "a <b> &lt; '")
})

test('markdown: plain lines need no reader', () => {
  assert.equal(looksMarked('已電話聯絡，下週回覆。\n價格另議'), false)
  for (const text of ['**x**', '- a', '1. a', '# a', 'see https://a.example', '`x`']) assert.ok(looksMarked(text), text)
})
