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
	const one = "/obstacles/{code}"
	webkit.Op(k, webkit.Operation{ID: "list-obstacles", Method: http.MethodGet, Path: "/obstacles", Permission: progress.ReadObstacles,
		Summary: "Obstacles of works in the scope of the caller"}, w.apiObstacles)
	webkit.Op(k, webkit.Operation{ID: "get-obstacle", Method: http.MethodGet, Path: one, Permission: progress.ReadObstacles,
		Summary: "An obstacle with its answers and the cases behind it"}, w.apiObstacle)
	webkit.Op(k, webkit.Operation{ID: "create-obstacle", Method: http.MethodPost, Path: "/obstacles", Permission: progress.EditObstacles, Status: http.StatusCreated,
		Summary: "Enter an obstacle of a work"}, w.apiAddObstacle)
	webkit.Op(k, webkit.Operation{ID: "answer-obstacle", Method: http.MethodPost, Path: one + "/answer", Permission: progress.EditObstacles,
		Summary: "Add what somebody answered"}, w.apiAnswerObstacle)
	webkit.Op(k, webkit.Operation{ID: "resolve-obstacle", Method: http.MethodPost, Path: one + "/resolve", Permission: progress.EditObstacles,
		Summary: "Tell how and when an obstacle ended, for good"}, w.apiResolveObstacle)
	webkit.Op(k, webkit.Operation{ID: "reopen-obstacle", Method: http.MethodPost, Path: one + "/reopen", Permission: progress.EditObstacles, Status: http.StatusCreated,
		Summary: "Take a resolved obstacle up again, as a new one that names it"}, w.apiReopenObstacle)
	webkit.Op(k, webkit.Operation{ID: "list-not-reported", Method: http.MethodGet, Path: "/progress/missing", Permission: progress.Read,
		Summary: "Works of the caller's scope without an accepted entry of a month"}, w.apiNotReported)
	webkit.Op(k, webkit.Operation{ID: "remind", Method: http.MethodPost, Path: "/progress/reminders", Permission: progress.Accept,
		Summary: "Remind, by hand, those who may enter for a unit whose works are missing"}, w.apiRemind)
	webkit.Op(k, webkit.Operation{ID: "see-reminder", Method: http.MethodPost, Path: "/reminders/{id}/seen", Permission: progress.Read, Status: http.StatusNoContent,
		Summary: "Put a reminder of one's own away"}, w.apiSeeReminder)
}

type obstaclesInput struct {
	webkit.ListInput
	Q       string `query:"q" doc:"searched in work and content, without marks"`
	Project string `query:"project" doc:"the work itself or one of the further works"`
	Kind    string `query:"kind"`
	Level   string `query:"level"`
	State   string `query:"state" enum:"open,late,closable,resolved"`
	Age     string `query:"age" enum:"30,60,90,over" doc:"open for at most so many days, by buckets"`
}

// ObstacleView is an obstacle as the API shows it, with how many of its households still hold the works up.
type ObstacleView struct {
	progress.Obstacle
	Left     int  `json:"households_left"`
	Closable bool `json:"closable"`
}

func viewObstacle(o progress.Obstacle) ObstacleView {
	return ObstacleView{o, o.Left(), o.Closable()}
}

func (w Web) apiObstacles(ctx context.Context, who actor.Actor, in *obstaclesInput) (*webkit.ListOutput[ObstacleView], error) {
	f := progress.ObstacleFilter{Project: in.Project, Kind: in.Kind, Level: in.Level, State: in.State, Age: in.Age}
	answer, err := w.Progress.Obstacles(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()}, w.Today())
	if err != nil {
		return nil, err
	}
	views := listing.Answer[ObstacleView]{Query: answer.Query, Total: answer.Total, Items: make([]ObstacleView, 0, len(answer.Items))}
	for _, o := range answer.Items {
		views.Items = append(views.Items, viewObstacle(o))
	}
	return webkit.Listed(views, func(o ObstacleView) string { return o.Code }), nil
}

// ObstacleDetail is an obstacle with what hangs on it.
type ObstacleDetail struct {
	ObstacleView
	AnswerList []progress.Answer   `json:"answer_list"`
	Cases      []progress.HeldCase `json:"cases"`
}

type obstacleOutput = webkit.Versioned[ObstacleDetail]

func (w Web) apiObstacle(ctx context.Context, who actor.Actor, in *codeInput) (*obstacleOutput, error) {
	return w.obstacleAfter(ctx, who, in.Code, nil)
}

// obstacleAfter is the obstacle as it stands after an act.
func (w Web) obstacleAfter(ctx context.Context, who actor.Actor, code string, err error) (*obstacleOutput, error) {
	if err != nil {
		return nil, err
	}
	o, err := w.Progress.Obstacle(ctx, who, code)
	if err != nil {
		return nil, err
	}
	d := ObstacleDetail{ObstacleView: viewObstacle(o)}
	if d.AnswerList, err = w.Progress.ObstacleAnswers(ctx, who, o); err != nil {
		return nil, err
	}
	d.Cases, err = w.Progress.ObstacleCases(ctx, who, o)
	return webkit.WithVersion(d, o.Version), err
}

type addObstacleInput struct{ Body progress.ObstacleInput }

func (w Web) apiAddObstacle(ctx context.Context, who actor.Actor, in *addObstacleInput) (*obstacleOutput, error) {
	code, err := w.Progress.AddObstacle(ctx, who, in.Body, w.Today())
	return w.obstacleAfter(ctx, who, code, err)
}

// ObstacleChange names an obstacle and the version that the caller read. Exported because huma passes over embedded types that are not.
type ObstacleChange struct {
	webkit.Match
	Code string `path:"code"`
}

type answerInput struct {
	ObstacleChange
	Body progress.AnswerInput
}

func (w Web) apiAnswerObstacle(ctx context.Context, who actor.Actor, in *answerInput) (*obstacleOutput, error) {
	version, err := in.Version()
	if err == nil {
		err = w.Progress.AnswerObstacle(ctx, who, in.Code, version, in.Body, w.Today())
	}
	return w.obstacleAfter(ctx, who, in.Code, err)
}

type resolveInput struct {
	ObstacleChange
	Body progress.Outcome
}

func (w Web) apiResolveObstacle(ctx context.Context, who actor.Actor, in *resolveInput) (*obstacleOutput, error) {
	version, err := in.Version()
	if err == nil {
		err = w.Progress.ResolveObstacle(ctx, who, in.Code, version, in.Body, w.Today())
	}
	return w.obstacleAfter(ctx, who, in.Code, err)
}

type reopenInput struct {
	ObstacleChange
	Body progress.Reopening
}

func (w Web) apiReopenObstacle(ctx context.Context, who actor.Actor, in *reopenInput) (*obstacleOutput, error) {
	version, err := in.Version()
	made := ""
	if err == nil {
		made, err = w.Progress.ReopenObstacle(ctx, who, in.Code, version, in.Body, w.Today())
	}
	return w.obstacleAfter(ctx, who, made, err)
}
