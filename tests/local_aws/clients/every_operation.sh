# Call every operation of projects and datasets with the AWS CLI. Arguments: a new project's name, a bucket, a manifest, and
# JSON Lines to add. Each line that this prints is the result of one operation. The service finishes changes at once.
set -eu

rekognition() { aws rekognition --output text "$@"; }

project=$(rekognition create-project --project-name "$1" --tags made-by=cli --query ProjectArn)
source="GroundTruthManifest={S3Object={Bucket=$2,Name=$3}}"
train=$(rekognition create-dataset --project-arn "$project" --dataset-type TRAIN --dataset-source "$source" --query DatasetArn)
test=$(rekognition create-dataset --project-arn "$project" --dataset-type TEST --query DatasetArn)
rekognition describe-dataset --dataset-arn "$train" --query DatasetDescription.StatusMessageCode
rekognition update-dataset-entries --dataset-arn "$train" --changes "$4"
rekognition list-dataset-entries --dataset-arn "$train" --query 'length(DatasetEntries)'
rekognition list-dataset-labels --dataset-arn "$train" --query 'DatasetLabelDescriptions[0].LabelStats.EntryCount'
rekognition distribute-dataset-entries --datasets "Arn=$train" "Arn=$test"
rekognition describe-projects --project-names "$1" --query 'ProjectDescriptions[0].Datasets[].Status'
rekognition describe-project-versions --project-arn "$project" --query 'length(ProjectVersionDescriptions)'
rekognition tag-resource --resource-arn "$train" --tags colour=red
rekognition list-tags-for-resource --resource-arn "$train" --query Tags.colour
rekognition untag-resource --resource-arn "$train" --tag-keys colour
rekognition delete-dataset --dataset-arn "$train"
rekognition delete-dataset --dataset-arn "$test"
rekognition delete-project --project-arn "$project" --query Status
