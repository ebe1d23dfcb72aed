package landweb

import (
	"matbang/internal/land"
	"matbang/internal/listing"
	"matbang/internal/project"
	"matbang/internal/region"
	"matbang/internal/webkit"
)

// works are the works that recover land, in the person's scope.
func (w Web) works(c *webkit.Ctx) ([]webkit.Choice, error) {
	month := c.Month()
	answer, err := w.Land.Projects.List(c.Context(), c.Actor(), project.Filter{Clearance: true, Year: month.Year(), Month: month}, listing.Query{Per: listing.MaxLimit})
	choices := make([]webkit.Choice, 0, len(answer.Items))
	for _, p := range answer.Items {
		choices = append(choices, webkit.Choice{Value: p.Code, Text: p.Code + " " + p.Name})
	}
	return choices, err
}

func (w Web) wards(c *webkit.Ctx) ([]webkit.Choice, error) {
	wards, err := region.Regions{DB: w.Land.DB}.On(c.Context(), c.Today())
	choices := make([]webkit.Choice, 0, len(wards))
	for _, ward := range wards {
		choices = append(choices, webkit.Choice{Value: ward.Code, Text: ward.Name})
	}
	return choices, err
}

func (w Web) ruleSets(c *webkit.Ctx) ([]webkit.Choice, error) {
	sets, err := w.Land.Legal.Sets(c.Context())
	choices := make([]webkit.Choice, 0, len(sets))
	for _, s := range sets {
		choices = append(choices, webkit.Choice{Value: s.Code, Text: s.Name})
	}
	return choices, err
}

func kinds(c *webkit.Ctx) []webkit.Choice  { return c.Choices("holder.kind.", land.Kinds()...) }
func states(c *webkit.Ctx) []webkit.Choice { return c.Choices("holder.state.", land.States()...) }
func relations(c *webkit.Ctx) []webkit.Choice {
	return c.Choices("holder.relation.", land.Relations()...)
}
func stepKinds(c *webkit.Ctx) []webkit.Choice { return c.Choices("case.step.", land.StepKinds()...) }
