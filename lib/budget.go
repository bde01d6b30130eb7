package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// budgetPercents are the parts of the monthly budget that send a mail.
var budgetPercents = []float64{80, 100}

// newBudget watches what the environment costs, by the tag that all of its
// resources carry. The tag has to be activated for cost allocation once per
// account (AWS: "Activating user-defined cost allocation tags").
func newBudget(stack awscdk.Stack, config settings.Config) {
	var notifications []any
	for _, percent := range budgetPercents {
		notifications = append(notifications, &awsbudgets.CfnBudget_NotificationWithSubscribersProperty{
			Notification: &awsbudgets.CfnBudget_NotificationProperty{
				NotificationType: jsii.String("ACTUAL"), ComparisonOperator: jsii.String("GREATER_THAN"),
				Threshold: jsii.Number(percent), ThresholdType: jsii.String("PERCENTAGE"),
			},
			Subscribers: &[]any{&awsbudgets.CfnBudget_SubscriberProperty{
				SubscriptionType: jsii.String("EMAIL"), Address: jsii.String(config.AlarmEmail),
			}},
		})
	}
	awsbudgets.NewCfnBudget(stack, jsii.String("Budget"), &awsbudgets.CfnBudgetProps{
		Budget: &awsbudgets.CfnBudget_BudgetDataProperty{
			BudgetName: jsii.String(config.Name("budget", "catalog")), BudgetType: jsii.String("COST"), TimeUnit: jsii.String("MONTHLY"),
			BudgetLimit: &awsbudgets.CfnBudget_SpendProperty{Amount: jsii.Number(config.MonthlyBudgetUSD), Unit: jsii.String("USD")},
			CostFilters: map[string]any{"TagKeyValue": []string{"user:environment$" + config.Suffix}},
		},
		NotificationsWithSubscribers: &notifications,
	})
}
