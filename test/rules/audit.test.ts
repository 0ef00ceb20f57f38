import { expect } from 'chai'
import fc from 'fast-check'
import { emptyTree, rootOf, withLeaf } from '../../rules/audit/merkle.ts'
import {
  notesIn,
  readCheckpoint,
  signedCheckpoint,
  signedNote,
  signerOf,
  verifierKey,
} from '../../rules/audit/note.ts'

describe('the tree of checkpoints', () => {
  // The leaves and roots that the certificate-transparency project tests with.
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ]
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ]

  it('has the roots of RFC 9162 at every size', () => {
    let tree = emptyTree
    const found = [rootOf(tree)]
    for (const leaf of leaves) {
      tree = withLeaf(tree, Buffer.from(leaf, 'hex').toString('latin1'))
      found.push(rootOf(tree))
    }
    expect(found.map((root) => Buffer.from(root, 'base64').toString('hex'))).to.deep.equal(roots)
  })

  it('keeps one hash for every bit of its size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), (size) => {
        let tree = emptyTree
        for (let leaf = 0; leaf < size; leaf += 1) tree = withLeaf(tree, String(leaf))
        expect(tree.size).to.equal(size)
        expect(tree.roots).to.have.length(size.toString(2).replaceAll('0', '').length)
      }),
    )
  })
})

describe('a signed checkpoint', () => {
  // Of golang.org/x/mod/sumdb/note, which C2SP signed-note was made from.
  const seed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1)
  const peter = signerOf('PeterNeumann', seed)
  const other = signerOf('PeterNeumann', Buffer.alloc(32, 7))
  const tree = withLeaf(emptyTree, 'leaf')

  it('is signed, and its key written, as verifiers expect', () => {
    expect(verifierKey(peter)).to.equal('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
    const text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    expect(signedNote(peter, text)).to.equal(
      `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`,
    )
  })

  it('says the size and the root of the tree', () => {
    const note = signedCheckpoint(peter, tree)
    expect(note.split('\n').slice(0, 4)).to.deep.equal(['PeterNeumann', '1', rootOf(tree), ''])
    expect(readCheckpoint(peter, note)).to.deep.equal({ origin: 'PeterNeumann', size: 1, root: rootOf(tree) })
  })

  it('may carry the signatures of witnesses and lines of extensions', () => {
    const note = signedCheckpoint(peter, tree)
    const witnessed = `${note}— witness.example ${Buffer.alloc(68).toString('base64')}\n`
    expect(readCheckpoint(peter, witnessed)?.size).to.equal(1)
    const extended = signedNote(peter, `PeterNeumann\n1\n${rootOf(tree)}\nsomething more\n`)
    expect(readCheckpoint(peter, extended)?.size).to.equal(1)
  })

  it('says nothing when another key signed it, or a character is another', () => {
    const note = signedCheckpoint(peter, tree)
    expect(readCheckpoint(other, note)).to.equal(undefined)
    fc.assert(
      fc.property(fc.nat({ max: note.length - 2 }), (at) => {
        const changed = `${note.slice(0, at)}${note[at] === 'A' ? 'B' : 'A'}${note.slice(at + 1)}`
        // The last characters of base64 may hold bits that nothing is said with.
        fc.pre(at < note.length - 4)
        expect(readCheckpoint(peter, changed)).to.equal(undefined)
      }),
    )
  })

  it('is found among others in one file', () => {
    const notes = [1, 2, 3].map((size) => signedCheckpoint(peter, { ...tree, size }))
    expect(notesIn(notes.map((note) => `${note}\n`).join(''))).to.deep.equal(notes)
    expect(notesIn(notes[0]!.replaceAll('\n', '\r\n').trimEnd())).to.deep.equal([notes[0]])
    expect(notesIn('nothing of the kind\n')).to.deep.equal([])
  })
})
