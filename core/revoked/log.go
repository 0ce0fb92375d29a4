package revoked

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// EndSession tells every instance that the session with a token is ending.
func (m *Memory) EndSession(ctx context.Context, token string) {
	if m != nil {
		m.end(ctx, sessionID(token))
	}
}

// EndUser tells every instance that sessions of a user are ending.
func (m *Memory) EndUser(ctx context.Context, userID string) {
	if m != nil {
		m.end(ctx, ownerID(userID))
	}
}

// end remembers and publishes an id. A log that cannot be written does not stop a session from ending: the id is published
// as soon as it can be. Meanwhile instances that cannot hear the log either believe no copy.
func (m *Memory) end(ctx context.Context, i id) {
	m.remember([]id{i})
	err := m.log.Publish(ctx, []string{i.String()}, m.opts.Hold)
	if err == nil {
		return
	}
	m.opts.Logger.ErrorContext(ctx, "sessions: other instances could not be told that a session ended; trying again", "error", err)
	m.keepUnsent(i.String())
}

// keepUnsent makes sure that an id is published later.
func (m *Memory) keepUnsent(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.unsent) >= maxUnsent {
		m.opts.Logger.Error("sessions: too many ended sessions wait to be published; the oldest is dropped, and its copies live until they end")
		m.unsent = m.unsent[1:]
	}
	m.unsent, m.sendUntil = append(m.unsent, text), m.opts.Now().Add(m.opts.Hold)
	if !m.sending && m.ctx.Err() == nil {
		m.sending = true
		m.running.Go(m.send)
	}
}

// follow hears the log until Close.
func (m *Memory) follow() {
	failing := false
	for m.ctx.Err() == nil {
		err := m.log.Follow(m.ctx, m.hear, func() {
			m.hearing.Store(true)
			if failing {
				failing = false
				m.opts.Logger.Warn("sessions: the log of ended sessions is heard again")
			}
		})
		m.hearing.Store(false)
		if m.ctx.Err() != nil {
			return
		}
		if !failing {
			failing = true
			m.opts.Logger.Warn("sessions: the log of ended sessions cannot be heard; until it can, every request asks the store", "error", err)
		}
		m.pause()
	}
}

// hear takes news. A text that is no id is another program's.
func (m *Memory) hear(texts []string) {
	ids := make([]id, 0, len(texts))
	for _, text := range texts {
		if i, ok := parseID(text); ok {
			ids = append(ids, i)
		}
	}
	m.remember(ids)
}

// pause waits before the next attempt.
func (m *Memory) pause() {
	timer := time.NewTimer(retryEvery)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-m.ctx.Done():
	}
}

// send publishes what is unsent, and ends once nothing is, or with Close.
func (m *Memory) send() {
	for m.ctx.Err() == nil {
		m.pause()
		ctx, cancel := context.WithTimeout(m.ctx, publishTimeout)
		done := m.flush(ctx) == nil
		cancel()
		if done && m.sent() {
			return
		}
	}
}

// sent reports, once, that nothing is left for the sender.
func (m *Memory) sent() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.unsent) > 0 {
		return false
	}
	m.sending = false
	return true
}

// flush publishes what is unsent now. What has outlived its use is dropped.
func (m *Memory) flush(ctx context.Context) error {
	m.mu.Lock()
	ids := m.unsent
	m.unsent = nil
	if m.opts.Now().After(m.sendUntil) {
		ids = nil
	}
	m.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	err := m.log.Publish(ctx, ids, m.opts.Hold)
	if err != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.unsent = append(ids, m.unsent...)
	}
	return err
}

// Close stops following, and makes a last attempt to publish what could not be published. The error says that it failed.
func (m *Memory) Close(ctx context.Context) error {
	if m == nil {
		return nil
	}
	m.start.Do(func() {})
	m.mu.Lock()
	m.cancel() // nothing new is started from here on
	m.mu.Unlock()
	ended := make(chan struct{})
	go func() { m.running.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done():
		return fmt.Errorf("sessions: following the log of ended sessions has not stopped: %w", context.Cause(ctx))
	}
	m.hearing.Store(false)
	if err := m.flush(ctx); err != nil {
		return errors.Join(errors.New("sessions: other instances were not told of every session that ended"), err)
	}
	return nil
}
