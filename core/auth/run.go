package auth

import (
	"errors"
	"fmt"
	"net/http"
)

// Run runs the call's operation: before-hooks, validation, guards, the handler, after-hooks. It returns the result, or
// the error that is the answer. It is for package core; plugins call services, and Go code calls endpoints.
func (c *Call) Run() (any, error) {
	c.deferring = true
	defer c.runDeferred()
	value, err := c.run()
	if signErr := c.finishCookies(); signErr != nil {
		return nil, errors.Join(err, signErr)
	}
	return value, err
}

func (c *Call) run() (any, error) {
	answer, err := c.RunBefore()
	if err != nil {
		return nil, err
	}
	if answer != nil {
		c.Reply.Status = answer.Status
		return answer.Value, nil
	}
	value, err := c.runHandler()
	if failure, ok := errors.AsType[*Error](err); ok {
		c.Returned = failure
	} else if err != nil {
		return nil, err
	} else {
		c.Returned = value
	}
	if _, raw := value.(*Raw); !raw {
		if err := c.runAfterHooks(); err != nil {
			return nil, err
		}
	}
	if failure, ok := c.Returned.(*Error); ok {
		return nil, failure
	}
	return c.Returned, nil
}

// runDeferred does what waited for the end of the operation.
func (c *Call) runDeferred() {
	c.deferring = false
	for _, f := range c.deferred {
		c.settle(f)
	}
	c.deferred = nil
}

// RunBefore runs the before-hooks; an answer ends the call. It is for package core.
func (c *Call) RunBefore() (*Answer, error) {
	if h := c.Options.Hooks.Before; h != nil {
		if answer, err := h(c); answer != nil || err != nil {
			return answer, err
		}
	}
	for i := range c.Options.Plugins {
		for _, h := range c.Options.Plugins[i].Before {
			if h.Match != nil && !h.Match(c) {
				continue
			}
			if answer, err := h.Run(c); answer != nil || err != nil {
				return answer, err
			}
		}
	}
	return nil, nil
}

func (c *Call) runHandler() (any, error) {
	in, err := c.Route.binding.bind(c)
	if err != nil {
		return nil, err
	}
	if c.Route.NeedsHeader && c.Header == nil {
		return nil, Fail(http.StatusBadRequest, ValidationError.With("Headers is required"))
	}
	if c.Route.NeedsRequest && c.Request == nil {
		return nil, Fail(http.StatusBadRequest, ValidationError.With("Request is required"))
	}
	for _, guard := range c.Route.Use {
		if err := guard(c); err != nil {
			return nil, err
		}
	}
	return c.Route.handle(c, in)
}

// runAfterHooks runs the after-hooks. The error of one becomes the result that the next sees.
func (c *Call) runAfterHooks() error {
	run := func(h func(*Call) error) error {
		err := h(c)
		if failure, ok := errors.AsType[*Error](err); ok {
			c.Returned = failure
			return nil
		}
		return err
	}
	if h := c.Options.Hooks.After; h != nil {
		if err := run(h); err != nil {
			return fmt.Errorf("after-hook of the application: %w", err)
		}
	}
	for i := range c.Options.Plugins {
		p := &c.Options.Plugins[i]
		for _, h := range p.After {
			if h.Match != nil && !h.Match(c) {
				continue
			}
			if err := run(h.Run); err != nil {
				return fmt.Errorf("after-hook of plugin %q: %w", p.ID, err)
			}
		}
	}
	return nil
}
