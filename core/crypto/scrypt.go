package crypto

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// The cost of a password hash, fixed by upstream's format. Parallelism is 1.
const (
	scryptN       = 16384
	scryptR       = 16
	scryptKeySize = 64
)

// block is the unit Salsa20 works on; a lane is the 2r blocks that scrypt mixes.
type (
	block [16]uint32
	lane  [2 * scryptR]block
)

// scratch is the memory of one running hash, 32 MiB, reused from hash to hash.
type scratch struct {
	table [scryptN]lane
	x, y  lane
	bytes [len(lane{}) * 64]byte
}

// scrypt derives a key from password and salt (RFC 7914 section 6) in s.
func (s *scratch) scrypt(password, salt string) ([]byte, error) {
	seed, err := pbkdf2.Key(sha256.New, password, []byte(salt), 1, len(s.bytes))
	if err != nil {
		return nil, err
	}
	s.load(seed)
	s.mix()
	s.store()
	return pbkdf2.Key(sha256.New, password, s.bytes[:], 1, scryptKeySize)
}

// mix is scryptROMix (RFC 7914 section 5). Filling writes each row of the table
// straight from the one before it; reading folds the row's XOR into the mixing.
func (s *scratch) mix() {
	s.table[0] = s.x
	for i := range scryptN - 1 {
		mixLane(&s.table[i], &s.table[i+1])
	}
	mixLane(&s.table[scryptN-1], &s.x)
	for range scryptN / 2 {
		mixLaneXOR(&s.x, &s.table[s.x.row()], &s.y)
		mixLaneXOR(&s.y, &s.table[s.y.row()], &s.x)
	}
}

// row is Integerify modulo N: the low bits of the last block's first word.
func (l *lane) row() uint32 { return l[len(l)-1][0] % scryptN }

func (s *scratch) load(from []byte) {
	for i := range s.x {
		for j := range s.x[i] {
			s.x[i][j] = binary.LittleEndian.Uint32(from[(i*16+j)*4:])
		}
	}
}

func (s *scratch) store() {
	for i := range s.x {
		for j, word := range s.x[i] {
			binary.LittleEndian.PutUint32(s.bytes[(i*16+j)*4:], word)
		}
	}
}

// mixLane is scryptBlockMix (RFC 7914 section 4): even blocks of the result go
// to the first half of out, odd ones to the second.
func mixLane(in, out *lane) {
	t := in[len(in)-1]
	for i := 0; i < len(in); i += 2 {
		t.xor(&in[i])
		salsa8(&t, &out[i/2])
		t.xor(&in[i+1])
		salsa8(&t, &out[i/2+scryptR])
	}
}

// mixLaneXOR is mixLane of in XOR row, without storing that XOR.
func mixLaneXOR(in, row, out *lane) {
	t := in[len(in)-1]
	t.xor(&row[len(in)-1])
	for i := 0; i < len(in); i += 2 {
		t.xor(&in[i])
		t.xor(&row[i])
		salsa8(&t, &out[i/2])
		t.xor(&in[i+1])
		t.xor(&row[i+1])
		salsa8(&t, &out[i/2+scryptR])
	}
}

func (b *block) xor(with *block) {
	for i := range b {
		b[i] ^= with[i]
	}
}

// salsa8 applies Salsa20/8 (RFC 7914 section 3) to b and copies the result to
// out.
func salsa8(b, out *block) {
	x0, x1, x2, x3 := b[0], b[1], b[2], b[3]
	x4, x5, x6, x7 := b[4], b[5], b[6], b[7]
	x8, x9, x10, x11 := b[8], b[9], b[10], b[11]
	x12, x13, x14, x15 := b[12], b[13], b[14], b[15]
	for range 4 {
		x4, x8, x12, x0 = quarter(x0, x4, x8, x12)
		x9, x13, x1, x5 = quarter(x5, x9, x13, x1)
		x14, x2, x6, x10 = quarter(x10, x14, x2, x6)
		x3, x7, x11, x15 = quarter(x15, x3, x7, x11)

		x1, x2, x3, x0 = quarter(x0, x1, x2, x3)
		x6, x7, x4, x5 = quarter(x5, x6, x7, x4)
		x11, x8, x9, x10 = quarter(x10, x11, x8, x9)
		x12, x13, x14, x15 = quarter(x15, x12, x13, x14)
	}
	for i, x := range [16]uint32{x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15} {
		b[i] += x
		out[i] = b[i]
	}
}

// quarter is Salsa20's quarter round on a diagonal element a and the three that
// follow it; it returns them in the order b, c, d, a.
func quarter(a, b, c, d uint32) (_, _, _, _ uint32) {
	b ^= bits.RotateLeft32(a+d, 7)
	c ^= bits.RotateLeft32(b+a, 9)
	d ^= bits.RotateLeft32(c+b, 13)
	a ^= bits.RotateLeft32(d+c, 18)
	return b, c, d, a
}
