package redis_test

import (
	"context"
	"log"
	"time"

	"github.com/goauth-dev/goauth/redis"
)

func ExampleNewSecondary() {
	client, err := redis.Open("redis://127.0.0.1:6379/0")
	if err != nil {
		log.Print(err)
		return
	}
	defer client.Close()
	storage := redis.NewSecondary(client, redis.Options{})
	if err := storage.Set(context.Background(), "greeting", "hello", time.Minute); err != nil {
		log.Print(err)
	}
}
