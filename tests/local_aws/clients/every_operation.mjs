// Call every operation of projects and datasets with the AWS SDK for JavaScript, as every_operation.sh does with the CLI.
import * as sdk from "@aws-sdk/client-rekognition";

const [ProjectName, Bucket, Name, lines] = process.argv.slice(2);
const client = new sdk.RekognitionClient();
const call = (operation, input) => client.send(new sdk[`${operation}Command`](input));

const { ProjectArn } = await call("CreateProject", { ProjectName, Tags: { "made-by": "sdk" } });
const DatasetSource = { GroundTruthManifest: { S3Object: { Bucket, Name } } };
const { DatasetArn: train } = await call("CreateDataset", { ProjectArn, DatasetType: "TRAIN", DatasetSource });
const { DatasetArn: test } = await call("CreateDataset", { ProjectArn, DatasetType: "TEST" });
console.log((await call("DescribeDataset", { DatasetArn: train })).DatasetDescription.StatusMessageCode);
await call("UpdateDatasetEntries", { DatasetArn: train, Changes: { GroundTruth: new TextEncoder().encode(lines) } });
console.log((await call("ListDatasetEntries", { DatasetArn: train })).DatasetEntries.length);
const labels = await call("ListDatasetLabels", { DatasetArn: train });
console.log(labels.DatasetLabelDescriptions[0].LabelStats.EntryCount);
await call("DistributeDatasetEntries", { Datasets: [{ Arn: train }, { Arn: test }] });
const { ProjectDescriptions } = await call("DescribeProjects", { ProjectNames: [ProjectName] });
console.log(ProjectDescriptions[0].Datasets.map((dataset) => dataset.Status).join("\t"));
console.log((await call("DescribeProjectVersions", { ProjectArn })).ProjectVersionDescriptions.length);
await call("TagResource", { ResourceArn: train, Tags: { colour: "red" } });
console.log((await call("ListTagsForResource", { ResourceArn: train })).Tags.colour);
await call("UntagResource", { ResourceArn: train, TagKeys: ["colour"] });
await call("DeleteDataset", { DatasetArn: train });
await call("DeleteDataset", { DatasetArn: test });
console.log((await call("DeleteProject", { ProjectArn })).Status);
