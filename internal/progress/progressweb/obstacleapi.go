package progressweb

import (
	"context"
	"net/http"

	"matbang/internal/actor"
	"matbang/internal/listing"
	"matbang/internal/progress"
	"matbang/internal/webkit"
)

func (w Web) obstacleOperations(k *webkit.Kit) {
	webkit.Op(k, webkit.Operation{ID: "list-obstacles", Method: http.MethodGet, Path: "/obstacles", Permission: progress.ReadObstacles,
		Summary: "Obstacles of works in the scope of the caller"}, w.apiObstacles)
}

type obstaclesInput struct {
	webkit.ListInput
	Q       string `query:"q" doc:"searched in work and content, without marks"`
	Project string `query:"project"`
	Kind    string `query:"kind"`
	Level   string `query:"level"`
	State   string `query:"state" enum:"open,late,resolved"`
}

func (w Web) apiObstacles(ctx context.Context, who actor.Actor, in *obstaclesInput) (*webkit.ListOutput[progress.Obstacle], error) {
	f := progress.ObstacleFilter{Project: in.Project, Kind: in.Kind, Level: in.Level, State: in.State}
	answer, err := w.Progress.Obstacles(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()}, w.Today())
	if err != nil {
		return nil, err
	}
	return webkit.Listed(answer, func(o progress.Obstacle) string { return o.Code }), nil
}
