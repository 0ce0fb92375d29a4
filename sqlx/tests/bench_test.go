package tests

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/goauth-dev/goauth/core/store"
)

// populated is a database with users and a session each.
func populated(b *testing.B, users int) store.Adapter {
	b.Helper()
	a := migrated(b, openFile(b, filepath.Join(b.TempDir(), "auth.db")), schemaOf(b, "core"))
	err := a.Tx(b.Context(), func(ctx context.Context) error {
		for i := range users {
			id := fmt.Sprint("u", i)
			if _, err := a.Insert(ctx, "user", user(id)); err != nil {
				return err
			}
			if _, err := a.Insert(ctx, "session", session(id, id)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return a
}

func BenchmarkReadASessionWithItsUser(b *testing.B) {
	for _, users := range []int{1_000, 20_000} {
		a := populated(b, users)
		read := func(ctx context.Context, i int) error {
			token := fmt.Sprint("token-u", i%users)
			rec, err := a.FindOne(ctx, store.Query{Model: "session", Where: store.Where{store.Is("token", token)}, Join: "user"})
			if err == nil && rec["user"] == nil {
				err = fmt.Errorf("no user for %s", token)
			}
			return err
		}
		for name, ctx := range map[string]context.Context{"background": context.Background(), "request": b.Context()} {
			b.Run(fmt.Sprintf("%d users, %s context", users, name), func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					i++
					if err := read(ctx, i); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(fmt.Sprintf("%d users, in parallel", users), func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					if err := read(context.Background(), i); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	a := populated(b, 1_000)
	steps := map[string]func(ctx context.Context, i int) error{
		"user and session in a transaction": func(ctx context.Context, i int) error {
			id := fmt.Sprint("new", i)
			return a.Tx(ctx, func(ctx context.Context) error {
				if _, err := a.Insert(ctx, "user", user(id)); err != nil {
					return err
				}
				_, err := a.Insert(ctx, "session", session(id, id))
				return err
			})
		},
		"update a session": func(ctx context.Context, i int) error {
			_, err := a.UpdateOne(ctx, "session", store.Where{store.Is("token", fmt.Sprint("token-u", i%1000))}, store.Record{"expiresAt": now, "updatedAt": now})
			return err
		},
		"insert and consume": func(ctx context.Context, i int) error {
			id := fmt.Sprint("v", i)
			rec := store.Record{"id": id, "identifier": id, "value": "v", "expiresAt": now, "createdAt": now, "updatedAt": now}
			if _, err := a.Insert(ctx, "verification", rec); err != nil {
				return err
			}
			_, err := a.Consume(ctx, "verification", store.Where{store.Is("identifier", id)}, nil)
			return err
		},
	}
	i := 0
	for name, step := range steps {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				i++
				if err := step(context.Background(), i); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
